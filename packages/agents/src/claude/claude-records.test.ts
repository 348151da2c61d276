import type { TurnOutcome } from '@tina/domain';
import { describe, expect, it } from 'vitest';
import { matching } from '../testing/matching.ts';
import { readRecording, situationsOf } from '../testing/recording.ts';
import { ClaudeRecords, type ClaudeSignal } from './claude-records.ts';

/** What comes out of a recorded turn, or of several: a turn begins with the first record and after each end. */
function replay(situation: string, prepare: (records: ClaudeRecords) => void = () => {}): ClaudeSignal[] {
  const records = new ClaudeRecords();
  records.beginProcess();
  records.beginTurn();
  prepare(records);
  return readRecording('claude', situation).flatMap((line) => {
    const signals = records.read(JSON.parse(line));
    if (signals.some(({ kind }) => kind === 'turn-ended')) records.beginTurn();
    return signals;
  });
}

function outcomes(signals: readonly ClaudeSignal[]): readonly TurnOutcome[] {
  return signals.flatMap((signal) => (signal.kind === 'turn-ended' ? [signal.outcome] : []));
}

/** Recordings in which the program was ended before its final record. */
const BROKEN_OFF: ReadonlySet<string> = new Set(['killed', 'sigterm', 'silent-stream']);

describe.each(situationsOf('claude'))('the recording %s', (situation) => {
  it('has no unknown record, one end for each turn, and an end for each tool', () => {
    const signals = replay(situation);
    const kinds = signals.map(({ kind }) => kind);
    expect(kinds).not.toContain('unknown-record');
    const ends = kinds.filter((kind) => kind === 'turn-ended').length;
    const turns = ['two-turns', 'interrupt'].includes(situation) ? 2 : 1;
    expect(ends).toBe(BROKEN_OFF.has(situation) ? 0 : turns);
    const open = kinds.filter((kind) => kind === 'tool-started').length;
    const ended = kinds.filter((kind) => kind === 'tool-ended').length;
    expect(open - ended).toBe(situation === 'killed' ? 1 : 0);
  });
});

it('tells a turn that works: its session, words, tools, and what it used', () => {
  const signals = replay('work');
  expect(signals.map(({ kind }) => kind)).toEqual([
    'session-id',
    'text',
    'usage',
    'tool-started',
    'tool-ended',
    'text',
    'usage',
    'turn-ended',
  ]);
  expect(signals).toContainEqual({
    kind: 'tool-started',
    callId: 'call_1',
    name: 'Bash',
    summary: 'echo hi > made.txt && git add . && git commit -qm made',
  });
  expect(outcomes(signals)).toEqual([
    {
      kind: 'completed',
      report: null,
      finalMessage: 'all done',
      usage: {
        inputTokens: 1_000,
        cacheReadTokens: 600,
        cacheWriteTokens: 400,
        outputTokens: 100,
        costUsd: 0.00812,
        contextTokens: 1_000,
        contextWindow: 1_000_000,
      },
    },
  ]);
});

it.each(['two-turns', 'interrupt', 'resumed-second-process'])(
  'counts each turn of %s alone, although the program counts the session',
  (situation) => {
    const last = outcomes(replay(situation)).at(-1);
    expect(last?.usage).toMatchObject({ inputTokens: 100, outputTokens: 10, costUsd: 0.0006000000000000001 });
  },
);

it('knows the input of a turn that never ended', () => {
  const records = new ClaudeRecords();
  records.beginTurn();
  for (const line of readRecording('claude', 'killed')) records.read(JSON.parse(line));
  expect(records.usage).toMatchObject({ inputTokens: 200, outputTokens: null, contextTokens: 100 });
  expect([records.hasBegun, records.isAnswered]).toEqual([true, true]);
});

it.each([
  ['cut-forever', 'network', /ECONNRESET/],
  ['server-gone', 'network', /ECONNREFUSED/],
  ['limit-plain', 'limit', /429/],
  ['limit-with-reset', 'limit', /429/],
  ['limit-with-reset-login', 'limit', /5-hour limit/],
  ['max-turns', 'timeout', /maximum number of turns/],
  ['resume-unknown', 'crash', /No conversation found/],
  ['server-error', 'overload', /500/],
  ['unauthorized', 'authentication', /401[^]*claude auth login/],
  ['interrupt-model', 'crash', /^The turn was interrupted\.$/],
  ['sigint', 'crash', /^The turn was interrupted\.$/],
] as const)('G15 tells what went wrong in %s', (situation, kind, message) => {
  const [outcome] = outcomes(replay(situation));
  expect(outcome).toMatchObject({ kind: 'failed', error: { kind, message: matching(message) } });
});

it('G15 knows when a limit ends where the program tells it', () => {
  const resetAt = 1_795_204_403_000;
  const signals = replay('limit-with-reset-login');
  expect(outcomes(signals)).toMatchObject([{ error: { kind: 'limit', resetAt } }]);
  expect(signals).toContainEqual({ kind: 'limit', message: 'the limit five_hour is reached', resetAt });
  expect(outcomes(replay('limit-with-reset'))).toMatchObject([{ error: { resetAt: null } }]);
});

it('tells tries again as no progress', () => {
  const messages = replay('overloaded-twice').flatMap((one) => (one.kind === 'limit' ? [one.message] : []));
  expect(messages).toEqual([
    matching(/\(overloaded 529\); retry 1 of/),
    matching(/\(overloaded 529\); retry 2 of/),
  ]);
  expect(outcomes(replay('overloaded-twice'))).toMatchObject([{ kind: 'completed' }]);
});

it('asks what the program asks', () => {
  expect(replay('write-outside')).toContainEqual({
    kind: 'asks-permission',
    requestId: '53c775af-a44a-485a-a148-ca9aac4afcf8',
    tool: 'Write',
    input: { file_path: '/agent/outside.txt', content: 'w' },
  });
  const records = new ClaudeRecords();
  const request = { type: 'control_request', request_id: 'q1', request: { subtype: 'hook_callback' } };
  expect(records.read(request)).toEqual([{ kind: 'asks', requestId: 'q1', subtype: 'hook_callback' }]);
});

describe('a message in the middle of a turn', () => {
  const result = (text: string): object => ({ type: 'result', is_error: false, result: text });
  const echo = { type: 'user', isReplay: true, uuid: 'u1', message: { content: 'Look too' } };

  it('is delivered when the program repeats it', () => {
    const records = new ClaudeRecords();
    records.beginTurn();
    records.expect('u1', 'm1');
    const queued = { type: 'command_lifecycle', state: 'queued', command_uuid: 'u1' };
    expect(records.read(queued)).toEqual([]);
    expect(records.read(echo)).toEqual([{ kind: 'message-delivered', messageId: 'm1' }]);
    expect(records.read({ ...queued, state: 'started' })).toEqual([]);
    expect(records.read(result('over'))).toMatchObject([{ kind: 'turn-ended' }]);
  });

  it('keeps the turn from ending before it is heard', () => {
    const records = new ClaudeRecords();
    records.beginTurn();
    records.expect('u1', 'm1');
    expect(records.read(result('first'))).toEqual([]);
    expect(records.read(echo)).toHaveLength(1);
    expect(outcomes(records.read(result('second')))).toMatchObject([{ finalMessage: 'second' }]);
  });

  it('does not keep a turn that failed', () => {
    const records = new ClaudeRecords();
    records.beginTurn();
    records.expect('u1', 'm1');
    const failed = { type: 'result', is_error: true, terminal_reason: 'aborted_tools' };
    expect(outcomes(records.read(failed))).toHaveLength(1);
  });
});

it('says which server of tools could not be started, once', () => {
  const records = new ClaudeRecords();
  const init = { type: 'system', subtype: 'init', mcp_servers: [{ name: 'tina', status: 'failed' }] };
  expect(records.read(init)).toEqual([
    { kind: 'output', stream: 'stderr', text: 'The server of tools "tina" could not be started.\n' },
  ]);
  expect(records.read(init)).toEqual([]);
});

it.each([
  [
    { is_error: true, terminal_reason: 'api_error', result: 'Not logged in' },
    'authentication_failed',
    'authentication',
  ],
  [{ is_error: true, terminal_reason: 'api_error', api_error_status: 403 }, null, 'authentication'],
  [{ is_error: true, terminal_reason: 'api_error', api_error_status: 408 }, null, 'network'],
  [{ is_error: true, terminal_reason: 'api_error', api_error_status: 400 }, null, 'crash'],
  [{ is_error: true, terminal_reason: 'api_error' }, 'rate_limit', 'limit'],
  [{ is_error: true, terminal_reason: 'api_error' }, 'overloaded', 'overload'],
  [{ is_error: true, terminal_reason: 'api_error' }, 'who knows', 'network'],
  [{ is_error: true }, null, 'crash'],
  [{ is_error: false, stop_reason: 'refusal' }, null, 'refusal'],
])('G15 tells the kind of the failure %j after the error %s', (result, apiError, kind) => {
  const records = new ClaudeRecords();
  records.beginTurn();
  records.read({ type: 'assistant', is_api_error_message: true, error: apiError, message: {} });
  expect(outcomes(records.read({ type: 'result', ...result }))).toMatchObject([{ error: { kind } }]);
});

it('G31 counts what it does not know, and goes on', () => {
  const records = new ClaudeRecords();
  const kinds = [
    { type: 'new_thing' },
    { type: 'system', subtype: 'new_thing' },
    { type: 'assistant', message: { content: [{ type: 'new_thing' }] } },
    { type: 'control_request' },
    [],
    null,
    'text',
  ].map((record) => records.read(record));
  expect(kinds).toEqual(
    ['new_thing', 'system/new_thing', 'assistant/new_thing', 'control_request', '', '', ''].map((type) => [
      { kind: 'unknown-record', type },
    ]),
  );
});

it('shows what a sub-agent does, not what it says', () => {
  const records = new ClaudeRecords();
  const content = [
    { type: 'text', text: 'to its caller' },
    { type: 'tool_use', id: 't1', name: 'Read', input: { file_path: 'a.ts' } },
  ];
  const message = { id: 'm', content, usage: { input_tokens: 9 } };
  expect(records.read({ type: 'assistant', parent_tool_use_id: 't0', message })).toEqual([
    { kind: 'tool-started', callId: 't1', name: 'Read', summary: 'a.ts' },
  ]);
});
