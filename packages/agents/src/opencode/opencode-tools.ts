import type { AgentEvent } from '../adapter/agent-event.ts';
import { type Fields, fieldsOf, textOf } from '../cli/json-fields.ts';

/** Of what a tool is asked and answers, so much goes into an event. */
const MAX_SUMMARY = 4_000;
const MAX_NAME = 60;

/** The tools at work, by parts of the type `tool`: each is told many times over. */
export class OpencodeTools {
  readonly #open = new Set<string>();
  readonly #ended = new Set<string>();

  clear(): void {
    this.#open.clear();
    this.#ended.clear();
  }

  read(part: Fields): readonly AgentEvent[] {
    const callId = textOf(part['callID']) ?? '';
    const state = fieldsOf(part['state']);
    const status = textOf(state['status']) ?? '';
    if (status === 'pending' || this.#ended.has(callId)) return [];
    const started = this.#begin(callId, textOf(part['tool']) ?? 'tool', state);
    if (status !== 'completed' && status !== 'error') return started;
    this.#open.delete(callId);
    this.#ended.add(callId);
    return [...started, endOf(callId, status, state)];
  }

  endAll(): readonly AgentEvent[] {
    const open = [...this.#open];
    this.#open.clear();
    return open.map((callId) => ({ kind: 'tool-ended', callId, isError: true, summary: 'It did not end.' }));
  }

  #begin(callId: string, tool: string, state: Fields): readonly AgentEvent[] {
    if (this.#open.has(callId)) return [];
    this.#open.add(callId);
    const input = fieldsOf(state['input']);
    const summary = textOf(input['command']) ?? textOf(input['filePath']) ?? JSON.stringify(input);
    const name = (tool === 'bash' ? 'shell' : tool).slice(0, MAX_NAME);
    return [{ kind: 'tool-started', callId, name, summary: summary.slice(0, MAX_SUMMARY) }];
  }
}

/** A command that fails is completed for OpenCode; its exit code says what it is. */
function endOf(callId: string, status: string, state: Fields): AgentEvent {
  const { exit } = fieldsOf(state['metadata']);
  const code = typeof exit === 'number' && exit !== 0 ? [`exit code ${exit}`] : [];
  const text = textOf(state['error']) ?? textOf(state['output']) ?? '';
  const summary = [...code, text].filter((one) => one !== '').join('; ') || status;
  const isError = status === 'error' || code.length > 0;
  return { kind: 'tool-ended', callId, isError, summary: summary.slice(0, MAX_SUMMARY) };
}
