import type { AgentEvent } from '../adapter/agent-event.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf } from '../cli/json-fields.ts';

/** Of what a tool is asked and answers, so much goes into an event. */
const MAX_SUMMARY = 4_000;

/** Items of a thread that are no tools. */
const WORDS: ReadonlySet<string> = new Set([
  'agentMessage',
  'contextCompaction',
  'enteredReviewMode',
  'exitedReviewMode',
  'functionCallOutput',
  'hookPrompt',
  'plan',
  'reasoning',
  'userMessage',
]);

/** Null when the item is no tool at work. */
export function toolStarted(item: Fields): Extract<AgentEvent, { kind: 'tool-started' }> | null {
  const type = textOf(item['type']) ?? '';
  const callId = textOf(item['id']) ?? '';
  if (type === '' || WORDS.has(type)) return null;
  const { name, summary } = describe(type, item);
  return { kind: 'tool-started', callId, name, summary: summary.slice(0, MAX_SUMMARY) };
}

/** What came of it. */
export function toolEnded(item: Fields): Extract<AgentEvent, { kind: 'tool-ended' }> | null {
  const type = textOf(item['type']) ?? '';
  if (type === '' || WORDS.has(type)) return null;
  const exitCode = numberOf(item['exitCode']);
  const status = textOf(item['status']) ?? 'completed';
  const output = textOf(item['aggregatedOutput']) ?? textOf(fieldsOf(item['error'])['message']) ?? '';
  const code = exitCode === null || exitCode === 0 ? [] : [`exit code ${exitCode}`];
  const summary = [status, ...code, output].filter((part) => part !== '').join('; ');
  const isError = status === 'failed' || status === 'declined';
  return {
    kind: 'tool-ended',
    callId: textOf(item['id']) ?? '',
    isError,
    summary: summary.slice(0, MAX_SUMMARY),
  };
}

function describe(type: string, item: Fields): { readonly name: string; readonly summary: string } {
  switch (type) {
    case 'commandExecution':
      return { name: 'shell', summary: textOf(item['command']) ?? '' };
    case 'fileChange': {
      const paths = listOf(item['changes']).map((change) => textOf(fieldsOf(change)['path']) ?? '');
      return { name: 'edit', summary: paths.join(', ') };
    }
    case 'mcpToolCall': {
      const name = [item['server'], item['tool']].map((part) => textOf(part) ?? '').join('.');
      return { name, summary: JSON.stringify(item['arguments'] ?? null) };
    }
    case 'webSearch':
      return { name: 'web search', summary: textOf(item['query']) ?? '' };
    default:
      return { name: type.slice(0, MAX_NAME), summary: '' };
  }
}

/** A name is short; what is none shall not fill the transcript. */
const MAX_NAME = 60;
