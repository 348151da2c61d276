import type { TurnOutcome } from '@tina/domain';
import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../adapter/agent-event.ts';
import { fieldsOf, textOf } from '../cli/json-fields.ts';
import { matching } from '../testing/matching.ts';
import { readRecording, situationsOf } from '../testing/recording.ts';
import { answerTo } from './codex-answers.ts';
import { CodexRecords } from './codex-records.ts';

/** What comes out of a recording: notifications are read, the thread is the one that its answer names. */
function replay(situation: string, records = new CodexRecords()): readonly AgentEvent[] {
  records.beginTurn();
  return readRecording('codex-app-server', situation).flatMap((line) => {
    const record = fieldsOf(JSON.parse(line));
    if (typeof record['method'] === 'string') {
      if ('id' in record) return [];
      const events = records.read(record);
      if (events.some(({ kind }) => kind === 'turn-ended')) records.beginTurn();
      return events;
    }
    const threadId = textOf(fieldsOf(fieldsOf(record['result'])['thread'])['id']);
    return threadId === null ? [] : records.openThread(threadId);
  });
}

function outcomes(events: readonly AgentEvent[]): readonly TurnOutcome[] {
  return events.flatMap((event) => (event.kind === 'turn-ended' ? [event.outcome] : []));
}

/** How many turns have ended in a recording, where it is not one: some programs were ended before. */
const TURNS: Readonly<Record<string, number>> = {
  interrupt: 2,
  killed: 0,
  'resume-unknown': 0,
  sigint: 0,
  sigterm: 0,
  'stdin-closed': 0,
  'two-turns': 2,
};

describe.each(situationsOf('codex-app-server'))('the recording %s', (situation) => {
  it('has no unknown record, one end for each turn, and then an end for each tool', () => {
    const events = replay(situation);
    const kinds = events.map(({ kind }) => kind);
    expect(kinds).not.toContain('unknown-record');
    const lastEnd = kinds.lastIndexOf('turn-ended');
    expect(kinds.filter((kind) => kind === 'turn-ended')).toHaveLength(TURNS[situation] ?? 1);
    const count = (wanted: string): number =>
      kinds.slice(0, lastEnd + 1).filter((kind) => kind === wanted).length;
    expect(count('tool-started')).toBe(count('tool-ended'));
  });
});

it('tells a turn that works: its session, words, tools, and what it used', () => {
  const events = replay('work');
  expect(events.filter(({ kind }) => kind === 'session-id')).toHaveLength(1);
  const said = events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
  expect(said).toBe('I make a file.\nall done\n');
  expect(events.filter(({ kind }) => kind.startsWith('tool-'))).toEqual([
    {
      kind: 'tool-started',
      callId: 'call_1',
      name: 'shell',
      summary: "/bin/bash -lc 'echo hi > made.txt && git add . && git commit -qm made'",
    },
    { kind: 'tool-ended', callId: 'call_1', isError: false, summary: 'completed' },
  ]);
  expect(outcomes(events)).toEqual([
    {
      kind: 'completed',
      report: null,
      finalMessage: 'all done',
      usage: {
        inputTokens: 1_400,
        cacheReadTokens: 600,
        cacheWriteTokens: 0,
        outputTokens: 100,
        costUsd: null,
        contextTokens: 1_050,
        contextWindow: 258_400,
      },
    },
  ]);
});

it('counts each turn alone, although the program counts the thread, over its processes', () => {
  const [first, second] = outcomes(replay('two-turns'));
  expect([first?.usage?.inputTokens, second?.usage?.inputTokens]).toEqual([200, 100]);
  const records = new CodexRecords();
  replay('killed', records);
  expect(records.usage).toMatchObject({ inputTokens: 100, outputTokens: 10 });
  records.beginTurn();
  const [resumed] = outcomes(replay('resumed', records));
  expect(resumed?.usage).toMatchObject({ inputTokens: 100, outputTokens: 10 });
});

it.each([
  ['cut-forever', 'network', /stream disconnected/],
  ['silent-stream', 'network', /idle timeout/],
  ['server-gone', 'network', /error sending request/],
  ['limit-plain', 'limit', /429/],
  ['limit-retry-after', 'limit', /429/],
  ['limit-with-reset', 'limit', /usage limit/],
  ['server-error', 'overload', /high demand/],
  ['unauthorized', 'authentication', /401[^]*codex login/],
  ['interrupt-model', 'crash', /^The turn was interrupted\.$/],
] as const)('G15 tells what went wrong in %s', (situation, kind, message) => {
  const [outcome] = outcomes(replay(situation));
  expect(outcome).toMatchObject({ kind: 'failed', error: { kind, message: matching(message) } });
});

it('G15 knows when a limit ends where the program tells it', () => {
  const [outcome] = outcomes(replay('limit-with-reset-headers'));
  const resetAt = expect.any(Number) as number;
  expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'limit', resetAt } });
  expect(outcomes(replay('limit-with-reset'))).toMatchObject([{ error: { kind: 'limit', resetAt: null } }]);
});

it('takes the window that ends last of those that are used up', () => {
  const records = new CodexRecords();
  records.beginTurn();
  const limits = (primary: object, secondary: object): object => ({
    method: 'account/rateLimits/updated',
    params: { rateLimits: { primary, secondary } },
  });
  const full = { usedPercent: 100, resetsAt: 1_000 };
  expect(records.read(limits(full, { usedPercent: 100, resetsAt: 3_000 }))).toMatchObject([
    { resetAt: 3_000_000 },
  ]);
  expect(records.read(limits(full, { usedPercent: 20, resetsAt: 3_000 }))).toMatchObject([
    { resetAt: 1_000_000 },
  ]);
  expect(records.read(limits({ usedPercent: 99, resetsAt: 1_000 }, {}))).toEqual([]);
});

it('delivers a message when the program repeats its id', () => {
  const records = new CodexRecords();
  records.beginTurn();
  records.expect('m1');
  const item = { type: 'userMessage', clientId: 'm1' };
  const started = { method: 'item/started', params: { item } };
  expect(records.read(started)).toEqual([{ kind: 'message-delivered', messageId: 'm1' }]);
  expect(records.read(started)).toEqual([]);
});

it.each([
  ['contextWindowExceeded', 'crash'],
  ['rateLimitExceeded', 'limit'],
  ['serverOverloaded', 'overload'],
  ['unauthorized', 'authentication'],
  ['cyberPolicy', 'refusal'],
  ['newName', 'crash'],
  ['constructor', 'crash'],
  [{ httpConnectionFailed: { httpStatusCode: 503 } }, 'overload'],
  [{ httpConnectionFailed: { httpStatusCode: 400 } }, 'crash'],
  [{ responseTooManyFailedAttempts: { httpStatusCode: null } }, 'network'],
  [{ activeTurnNotSteerable: { turnKind: 'review' } }, 'crash'],
  [null, 'crash'],
])('G15 tells the kind of the failure %j', (codexErrorInfo, kind) => {
  const records = new CodexRecords();
  records.beginTurn();
  const turn = { status: 'failed', error: { message: 'why', codexErrorInfo } };
  expect(outcomes(records.read({ method: 'turn/completed', params: { turn } }))).toMatchObject([
    { error: { kind, message: matching(/^why/) } },
  ]);
});

it('leaves out what a sub-agent does in a thread of its own', () => {
  const records = new CodexRecords();
  records.openThread('t1');
  const params = { threadId: 't2', item: { type: 'commandExecution', id: 'c', command: 'ls' } };
  expect(records.read({ method: 'item/started', params })).toEqual([]);
});

it('tells every kind of tool', () => {
  const records = new CodexRecords();
  const started = (item: object): readonly AgentEvent[] =>
    records.read({ method: 'item/started', params: { item: { id: 'c', ...item } } });
  const changes = [{ path: 'a.ts' }, { path: 'b.ts' }];
  expect(started({ type: 'fileChange', changes })).toMatchObject([{ name: 'edit', summary: 'a.ts, b.ts' }]);
  expect(started({ type: 'mcpToolCall', server: 'tina', tool: 'add', arguments: { a: 1 } })).toMatchObject([
    { name: 'tina.add', summary: '{"a":1}' },
  ]);
  expect(started({ type: 'webSearch', query: 'tmux' })).toMatchObject([{ name: 'web search' }]);
  expect(started({ type: 'imageView' })).toMatchObject([{ name: 'imageView' }]);
  expect(started({ type: 'reasoning' })).toEqual([{ kind: 'progress', message: 'thinking' }]);
  expect(started({ type: 'plan' })).toEqual([]);
});

it('G31 counts what it does not know, and goes on', () => {
  const records = new CodexRecords();
  const unknown = [{ method: 'new/thing' }, { method: 'newThing', params: 3 }, [], null, 'text'];
  expect(unknown.flatMap((record) => records.read(record))).toEqual(
    ['new/thing', 'newThing', '', '', ''].map((type) => ({ kind: 'unknown-record', type })),
  );
});

it('answers what is asked: nobody is there', () => {
  expect(answerTo('item/fileChange/requestApproval')).toEqual({ result: { decision: 'decline' } });
  expect(answerTo('execCommandApproval')).toEqual({ result: { decision: 'denied' } });
  expect(answerTo('mcpServer/elicitation/request')).toMatchObject({ result: { action: 'decline' } });
  expect(answerTo('item/tool/requestUserInput')).toMatchObject({ error: { code: -32_601 } });
});
