import type { AgentEvent } from '../adapter/agent-event.ts';
import { type Fields, fieldsOf, listOf, textOf } from '../cli/json-fields.ts';

/** Of what a tool is asked and answers, so much goes into an event. */
const MAX_SUMMARY = 4_000;
const MAX_NAME = 60;

/**
 * The tools at work, as records of the protocol tell of them: some agents announce a call before they know its input, some ask
 * for permission first and announce nothing.
 */
export class AcpTools {
  readonly #open = new Set<string>();
  /** Announced, and without their input so far. */
  readonly #announced = new Map<string, Fields>();

  clear(): void {
    this.#open.clear();
    this.#announced.clear();
  }

  /** Whether the turn has used any. */
  read(record: Fields): readonly AgentEvent[] {
    const callId = textOf(record['toolCallId']) ?? '';
    if (this.#open.has(callId)) return this.#readEnd(callId, record);
    const call = { ...this.#announced.get(callId), ...record };
    const status = textOf(call['status']) ?? 'pending';
    if (status === 'pending' && lacksInput(call)) {
      this.#announced.set(callId, call);
      return [];
    }
    // What came too late to say anything of a call that has ended.
    if (record['sessionUpdate'] === 'tool_call_update' && !this.#announced.has(callId)) return [];
    return [...this.begin(call), ...this.#readEnd(callId, record)];
  }

  /** A call that begins: announced, or asked for and allowed. Nothing when it has begun already. */
  begin(call: Fields): readonly AgentEvent[] {
    const callId = textOf(call['toolCallId']) ?? '';
    this.#announced.delete(callId);
    if (this.#open.has(callId)) return [];
    this.#open.add(callId);
    const name = nameOf(call).slice(0, MAX_NAME);
    return [{ kind: 'tool-started', callId, name, summary: summaryOf(call).slice(0, MAX_SUMMARY) }];
  }

  /** A call that will not end by itself: refused, or of a turn that is over. */
  refuse(callId: string, why: string): readonly AgentEvent[] {
    this.#announced.delete(callId);
    if (!this.#open.delete(callId)) return [];
    return [{ kind: 'tool-ended', callId, isError: true, summary: why }];
  }

  endAll(): readonly AgentEvent[] {
    return [...this.#open].flatMap((callId) => this.refuse(callId, 'It did not end.'));
  }

  #readEnd(callId: string, record: Fields): readonly AgentEvent[] {
    const { status } = record;
    if (status !== 'completed' && status !== 'failed') return [];
    this.#open.delete(callId);
    const exitCode = exitCodeOf(record);
    const isError = status === 'failed' || (exitCode !== null && exitCode !== 0);
    const code = exitCode === null || exitCode === 0 ? [] : [`exit code ${exitCode}`];
    const summary = [...code, textOfContent(record)].filter((text) => text !== '').join('; ');
    return [{ kind: 'tool-ended', callId, isError, summary: (summary || status).slice(0, MAX_SUMMARY) }];
  }
}

/** Whether the input is still to come: one that never says it is shown by its title. */
function lacksInput(call: Fields): boolean {
  const input = call['rawInput'];
  if (typeof input !== 'object' || input === null) return false;
  return call['kind'] === 'execute' ? !('command' in input) : Object.keys(input).length === 0;
}

/** `execute`, `edit`, `read`; the title where the kind says nothing. */
function nameOf(call: Fields): string {
  const kind = textOf(call['kind']) ?? 'other';
  if (kind === 'execute') return 'shell';
  return kind === 'other' ? (textOf(call['name']) ?? textOf(call['title']) ?? 'tool') : kind;
}

function summaryOf(call: Fields): string {
  const command = textOf(fieldsOf(call['rawInput'])['command']);
  return command ?? textOf(call['title']) ?? '';
}

/** Each agent has its own place for it. */
function exitCodeOf(record: Fields): number | null {
  const output = fieldsOf(record['rawOutput']);
  const places = [
    output['exit_code'],
    output['exitCode'],
    fieldsOf(output['metadata'])['exit'],
    fieldsOf(fieldsOf(record['_meta'])['terminal_exit'])['exit_code'],
  ];
  return places.find((value) => typeof value === 'number') ?? null;
}

function textOfContent(record: Fields): string {
  return listOf(record['content'])
    .map((part) => textOf(fieldsOf(fieldsOf(part)['content'])['text']) ?? '')
    .join('');
}
