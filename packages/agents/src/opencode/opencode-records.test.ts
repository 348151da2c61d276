import { describe, expect, it } from 'vitest';
import { fieldsOf, textOf } from '../cli/json-fields.ts';
import { readRecording, situationsOf } from '../testing/recording.ts';
import { outcomeOfError } from './opencode-outcome.ts';
import { OpencodeRecords, type OpencodeSignal } from './opencode-records.ts';

interface Replay {
  readonly records: OpencodeRecords;
  readonly signals: readonly OpencodeSignal[];
}

/** What comes out of a recording; each prompt after the first begins a turn, except where it is a message to the one under way. */
function replay(situation: string, prepare: (records: OpencodeRecords) => void = () => {}): Replay {
  const records = new OpencodeRecords();
  const events = readRecording('opencode-serve', situation).map((line) => fieldsOf(JSON.parse(line)));
  const sessionOf = (event: (typeof events)[number]): string | null =>
    textOf(fieldsOf(event['properties'])['sessionID']);
  records.openSession(events.map(sessionOf).find((id) => id !== null) ?? '');
  records.beginTurn();
  prepare(records);
  let hasEnded = false;
  const signals = events.flatMap((event) => {
    const info = fieldsOf(fieldsOf(event['properties'])['info']);
    if (hasEnded && event['type'] === 'message.updated' && info['role'] === 'user') {
      records.beginTurn();
      hasEnded = false;
    }
    const read = records.read(event);
    hasEnded ||= read.some(({ kind }) => kind === 'idle');
    return read;
  });
  return { records, signals };
}

it.each(situationsOf('opencode-serve'))('knows every event of %s, and ends each tool', (situation) => {
  const { records, signals } = replay(situation);
  const kinds = signals.map(({ kind }) => kind);
  expect(kinds).not.toContain('unknown-record');
  const open = kinds.filter((kind) => kind === 'tool-started').length;
  const ended = kinds.filter((kind) => kind === 'tool-ended').length;
  expect(open - ended).toBe(records.endTools().length);
  expect(open - ended).toBe(['killed', 'sigterm'].includes(situation) ? 1 : 0);
});

it('tells a turn that works: its words, its tool, and what it used', () => {
  const { records, signals } = replay('work');
  expect(signals.map((signal) => ('text' in signal ? signal.text : '')).join('')).toBe(
    'I make a file.\nall done\n',
  );
  expect(signals).toContainEqual({
    kind: 'tool-started',
    callId: 'call_1',
    name: 'shell',
    summary: 'echo hi > made.txt && git add . && git commit -qm made',
  });
  expect(records).toMatchObject({ finalMessage: 'all done', isSettled: true, error: null });
  expect(records.usage).toMatchObject({
    inputTokens: 1_400,
    cacheReadTokens: 600,
    cacheWriteTokens: 0,
    outputTokens: 100,
    contextTokens: 1_050,
  });
  expect(records.usage?.costUsd).toBeCloseTo(0.00166);
});

it('counts the second turn alone', () => {
  const { records } = replay('two-turns');
  expect(records.finalMessage).toBe('two');
  expect(records.usage).toMatchObject({ inputTokens: 100, outputTokens: 10 });
});

it('says that a command has failed, although OpenCode calls it completed', () => {
  const { signals } = replay('tool-failure');
  expect(signals.find(({ kind }) => kind === 'tool-ended')).toMatchObject({ isError: true });
});

it('G23 tells that the agent has a message when it answers it, not before', () => {
  const { records, signals } = replay('mid-turn-message', (one) => one.expect('m1', 'Also look at this.'));
  const kinds = signals.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'message-delivered')).toHaveLength(1);
  expect(kinds.indexOf('message-delivered')).toBeGreaterThan(kinds.indexOf('tool-ended'));
  expect(kinds.lastIndexOf('idle')).toBeGreaterThan(kinds.indexOf('message-delivered'));
  expect(records.hasWaiting).toBe(false);
});

describe('a failure', () => {
  const settled = (situation: string): readonly boolean[] => {
    const records = new OpencodeRecords();
    const lines = readRecording('opencode-serve', situation);
    const id = /"sessionID":"([^"]+)"/.exec(lines.join(''))?.[1] ?? '';
    records.openSession(id);
    records.beginTurn();
    return lines.flatMap((line) =>
      records.read(JSON.parse(line)).some(({ kind }) => kind === 'idle') ? [records.isSettled] : [],
    );
  };

  it.each(['unauthorized', 'interrupt'])('is settled with the second idle of %s', (situation) => {
    expect(settled(situation).slice(0, 2)).toEqual([false, true]);
  });

  it('says who has to log in', () => {
    const { records } = replay('unauthorized');
    expect(outcomeOfError(records.error ?? {}, null, 0)).toMatchObject({
      error: {
        kind: 'authentication',
        message: 'The stand-in model answers 401.\nTo log in, type:  opencode auth login',
      },
    });
  });
});

it('asks for permission', () => {
  const { signals } = replay('permission-asked');
  const asked = signals.find(({ kind }) => kind === 'asks-permission');
  expect(asked).toMatchObject({ request: { permission: 'bash', metadata: { command: 'touch x.txt' } } });
});

it('counts what a sub-agent uses, and shows nothing else of it', () => {
  const records = new OpencodeRecords();
  records.openSession('ses_1');
  const created = {
    type: 'session.created',
    properties: { sessionID: 'ses_2', info: { id: 'ses_2', parentID: 'ses_1' } },
  };
  const part = { id: 'prt_1', type: 'step-finish', tokens: { input: 5, output: 1 } };
  const text = { id: 'prt_2', type: 'text', text: 'hidden', messageID: 'msg_1' };
  const of = (sessionID: string, one: object): object => ({
    type: 'message.part.updated',
    properties: { sessionID, part: one },
  });
  expect(records.read(of('ses_2', part))).toEqual([]);
  records.read(created);
  expect(records.read(of('ses_2', text))).toEqual([]);
  expect(records.read(of('ses_2', part))).toMatchObject([{ kind: 'usage', usage: { inputTokens: 5 } }]);
  expect(records.read({ type: 'brand.new', properties: {} })).toEqual([
    { kind: 'unknown-record', type: 'brand.new' },
  ]);
});
