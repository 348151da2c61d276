import type { TurnOutcome, Usage } from '@tina/domain';
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
      return { kind: 'usage', usage: record.usage };
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

/** Our own program writes the records, so the fields are what their type says; everything else is noise. */
function parseRecord(line: string): ScriptedRecord | null {
  if (!line.startsWith('{"type":')) return null;
  try {
    return JSON.parse(line) as ScriptedRecord;
  } catch {
    return null;
  }
}
