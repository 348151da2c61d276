import type { Report, TurnOutcome, Usage } from '@tina/domain';
import type { AgentEvent } from '../adapter/agent-event.ts';

/** Of what a tool is asked and answers, the transcript shows the beginning; the whole is in transcript.jsonl. */
const MAX_SUMMARY = 500;

/** How an event reads in the pane. Pieces of text go through as they are; everything else is whole lines. */
export function renderEvent(event: AgentEvent): string {
  switch (event.kind) {
    case 'text':
    case 'output':
      return event.text;
    case 'process-started':
      return `· process ${event.pid} started\n`;
    case 'session-id':
      return `· session ${event.sessionId}\n`;
    case 'tool-started':
      return `▸ ${event.name}: ${inShort(event.summary)}\n`;
    case 'tool-ended':
      return `${event.isError ? '✗' : '✓'} ${inShort(event.summary)}\n`;
    case 'progress':
      return `· ${event.message}\n`;
    case 'usage':
      return `· used ${renderUsage(event.usage)}\n`;
    case 'limit':
      return `! limit: ${event.message}${renderReset(event.resetAt)}\n`;
    case 'message-delivered':
      return `· message ${event.messageId} delivered\n`;
    case 'unknown-record':
      return `· (a record of the kind ${event.type}, which Tina does not know)\n`;
    case 'turn-ended':
      return renderOutcome(event.outcome);
    default:
      return event satisfies never;
  }
}

/** How a turn ended, with what the agent said last. */
export function renderOutcome(outcome: TurnOutcome): string {
  const usage = outcome.usage === null ? '' : ` (${renderUsage(outcome.usage)})`;
  if (outcome.kind === 'failed') {
    const { kind, message, resetAt } = outcome.error;
    return `■ failed: ${kind}${renderReset(resetAt)}${usage}\n${indented(message)}\n`;
  }
  if (outcome.report === null) return `■ ended without a report of its protocol${usage}\n`;
  return `■ reports ${renderReport(outcome.report)}${usage}\n`;
}

function renderReport(report: Report): string {
  switch (report.kind) {
    case 'validation':
      return `${report.status}\n${indented(report.text)}`;
    case 'plan':
      return `a plan\n${indented(report.markdown)}`;
    case 'work':
      return `work done\n${indented(report.summary)}`;
    case 'review': {
      const findings = report.findings.map(({ severity, message, file, line }) => {
        const place = file === null ? '' : ` (${file}${line === null ? '' : `:${line}`})`;
        return `${severity}: ${message}${place}`;
      });
      return `${report.verdict}\n${indented([report.summary, ...findings].filter((text) => text !== '').join('\n'))}`;
    }
    case 'error':
      return `that it cannot do the work\n${indented(report.reason)}`;
    default:
      return report satisfies never;
  }
}

function renderUsage(usage: Usage): string {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, costUsd } = usage;
  const parts = [
    inputTokens === null ? null : `${inputTokens} tokens in`,
    cacheReadTokens === null ? null : `${cacheReadTokens} from cache`,
    cacheWriteTokens === null ? null : `${cacheWriteTokens} to cache`,
    outputTokens === null ? null : `${outputTokens} out`,
    costUsd === null ? null : `$${costUsd.toFixed(4)}`,
  ];
  return parts.filter((part) => part !== null).join(', ') || 'an unknown amount';
}

function renderReset(resetAt: number | null): string {
  return resetAt === null ? '' : `, until ${new Date(resetAt).toISOString()}`;
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ');
}

function inShort(text: string): string {
  const line = text.trim().replaceAll('\n', '\n  ');
  return line.length > MAX_SUMMARY ? `${line.slice(0, MAX_SUMMARY)}…` : line;
}
