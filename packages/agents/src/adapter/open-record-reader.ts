import { fieldsOf, textOf } from '../cli/json-fields.ts';
import type { AgentEvent } from './agent-event.ts';

/** Reads what the program of an agent CLI writes, record by record. */
export interface RecordReader {
  /** @param record a line of its output, as JSON */
  read(record: unknown): readonly AgentEvent[];
}

/** The programs whose records are read one by one. */
export type RecordedCli = 'acp' | 'claude' | 'codex' | 'opencode';

/** A reader in the middle of a turn, apart from any process. */
export async function openRecordReader(cli: RecordedCli): Promise<RecordReader> {
  if (cli === 'codex') {
    const { CodexRecords } = await import('../codex/codex-records.ts');
    const records = new CodexRecords();
    records.beginTurn();
    return records;
  }
  if (cli === 'acp') return await openAcpReader();
  if (cli === 'opencode') return await openOpencodeReader();
  const { ClaudeRecords } = await import('../claude/claude-records.ts');
  const records = new ClaudeRecords();
  records.beginProcess();
  records.beginTurn();
  return { read: (record) => records.read(record).filter(isEvent) };
}

/** The answers that end a turn, and what comes before them. */
async function openAcpReader(): Promise<RecordReader> {
  const { AcpReader } = await import('../acp/acp-reader.ts');
  return new AcpReader();
}

/** Of a turn whose session is that of the first record that has one. */
async function openOpencodeReader(): Promise<RecordReader> {
  const { OpencodeRecords } = await import('../opencode/opencode-records.ts');
  const records = new OpencodeRecords();
  records.beginTurn();
  let isOpen = false;
  return {
    read(record) {
      const sessionId = textOf(fieldsOf(fieldsOf(record)['properties'])['sessionID']);
      if (!isOpen && sessionId !== null) records.openSession(sessionId);
      isOpen ||= sessionId !== null;
      return records.read(record).filter(isEvent);
    },
  };
}

/** Questions are answered by the session. */
function isEvent(signal: { readonly kind: string }): signal is AgentEvent {
  return !ASKED.has(signal.kind);
}

const ASKED: ReadonlySet<string> = new Set([
  'asks',
  'asks-permission',
  'asks-question',
  'connected',
  'idle',
  'retry',
]);
