import { type TurnError, type TurnOutcome, type Usage, usageOf } from '@tina/domain';
import type { AgentEvent } from '../adapter/agent-event.ts';
import { readReport } from '../adapter/read-report.ts';
import { completedTurn, failedTurn } from '../adapter/turn-outcomes.ts';
import type { ScriptedFinal, ScriptedRecord } from './protocol.ts';

/** A line of the scripted agent's stdout as an event. What is no record is shown as what it is: output. */
export function readRecord(line: string, usage: Usage | null): AgentEvent {
  const record = parseRecord(line);
  switch (record?.type) {
    case 'started':
      return { kind: 'progress', message: `scripted agent ${record.version}` };
    case 'text':
      return { kind: 'text', text: record.text };
    case 'tool-started':
      return {
        kind: 'tool-started',
        callId: record.callId,
        name: record.name,
        summary: record.summary,
      };
    case 'tool-ended':
      return {
        kind: 'tool-ended',
        callId: record.callId,
        isError: record.isError,
        summary: record.summary,
      };
    case 'progress':
      return { kind: 'progress', message: record.message };
    case 'usage':
      return { kind: 'usage', usage: usageOf(record.usage) };
    case 'final':
      return { kind: 'turn-ended', outcome: outcomeOf(record, usage) };
    case undefined:
    default:
      return { kind: 'output', stream: 'stdout', text: `${line}\n` };
  }
}

/** A report that does not fit goes on as the message that it came as: asking for a better one is not the adapter's. */
function outcomeOf({ report, message = '', error }: ScriptedFinal, usage: Usage | null): TurnOutcome {
  if (error) return failedTurn(error.kind, error.message, { resetAt: error.resetAt, usage });
  if (report === undefined || report === null)
    return completedTurn({ report: null, finalMessage: message, usage });
  const fitting = readReport(report);
  const finalMessage = fitting ? message : `${message}\n${JSON.stringify(report)}`.trim();
  return completedTurn({ report: fitting, finalMessage, usage });
}

/** Null for what is no record, or lacks what its type has. */
function parseRecord(line: string): ScriptedRecord | null {
  if (!line.startsWith('{"type":')) return null;
  try {
    const record = JSON.parse(line) as Fields;
    const type = typeof record['type'] === 'string' ? record['type'] : '';
    const fits = Object.hasOwn(FORMS, type) && FORMS[type]?.(record);
    if (fits) return record as unknown as ScriptedRecord;
    return type === 'final' ? { type, error: unreadable(line) } : null;
  } catch {
    return null;
  }
}

/** The turn is over, and nobody knows how: waiting on would be waiting for nothing. */
function unreadable(line: string): TurnError {
  return {
    kind: 'bad_output',
    message: `The final record cannot be read: ${line.slice(0, SHOWN_RECORD)}`,
    resetAt: null,
  };
}

const SHOWN_RECORD = 500;

type Fields = Readonly<Record<string, unknown>>;

const FORMS: Readonly<Record<string, (record: Fields) => boolean>> = {
  started: ({ version }) => isText(version),
  text: ({ text }) => isText(text),
  'tool-started': ({ callId, name, summary }) => isText(callId) && isText(name) && isText(summary),
  'tool-ended': ({ callId, isError, summary }) =>
    isText(callId) && typeof isError === 'boolean' && isText(summary),
  progress: ({ message }) => isText(message),
  usage: ({ usage }) => isUsage(usage),
  final: ({ message, error }) =>
    (message === undefined || isText(message)) && (error === undefined || error === null || isError(error)),
};

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isUsage(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const counts = { ...usageOf({}), ...value };
  return (
    Object.keys(counts).length === Object.keys(usageOf({})).length &&
    Object.values(counts).every((count) => count === null || Number.isFinite(count))
  );
}

const ERROR_KINDS: readonly unknown[] = [
  'crash',
  'refusal',
  'authentication',
  'limit',
  'overload',
  'network',
  'no_progress',
  'timeout',
  'bad_output',
] satisfies readonly TurnError['kind'][];

/** A time that no calendar has is no time. */
const LAST_TIME = 8.64e15;

function isError(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, message, resetAt = null } = value as Fields;
  const isTime = resetAt === null || (typeof resetAt === 'number' && Math.abs(resetAt) <= LAST_TIME);
  return ERROR_KINDS.includes(kind) && isText(message) && isTime;
}
