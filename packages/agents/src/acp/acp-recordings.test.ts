import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentAccess } from '@tina/contract';
import type { TurnOutcome } from '@tina/domain';
import { describe, expect, it } from 'vitest';
import { type FollowedSession, followSession } from '../testing/followed-session.ts';
import { makeLaunch } from '../testing/make-launch.ts';
import { matching } from '../testing/matching.ts';
import { situationsOf } from '../testing/recording.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { acpAdapter } from './acp-adapter.ts';

const REPLAY = fileURLToPath(new URL('../testing/replay-acp.ts', import.meta.url));
const RECORDINGS = fileURLToPath(new URL('../../recordings', import.meta.url));

const AGENTS = ['claude', 'codex', 'copilot', 'gemini', 'goose', 'opencode', 'qwen'] as const;
type Agent = (typeof AGENTS)[number];

function replay(agent: Agent, situation: string, access: AgentAccess = 'write'): FollowedSession {
  const folder = temporaryFolder();
  const recording = join(RECORDINGS, `acp-${agent}`, `${situation}.jsonl`);
  const definition = { kind: 'acp' as const, command: [process.execPath, REPLAY, recording], env: [] };
  return followSession(acpAdapter, makeLaunch(folder, definition, { model: null, access }));
}

async function outcomeOf(agent: Agent, situation: string): Promise<TurnOutcome> {
  const session = replay(agent, situation);
  session.beginTurn(1, 'Do it.');
  return await session.outcomeOf(1);
}

/** They begin with the loading of a session, or end before an answer. */
const ELSEWHERE: ReadonlySet<string> = new Set(['resumed', 'killed']);
const ALL = AGENTS.flatMap((agent) =>
  situationsOf(`acp-${agent}`).flatMap((situation) =>
    ELSEWHERE.has(situation) ? [] : [[agent, situation] as const],
  ),
);

it.each(ALL)('reads what %s wrote in the situation %s', async (agent, situation) => {
  const session = replay(agent, situation);
  session.beginTurn(1, 'Do it.');
  await session.outcomeOf(1);
  const kinds = session.events.map(({ kind }) => kind);
  // Qwen asks for messages in its own way.
  const unknown = session.events.filter((event) => event.kind === 'unknown-record');
  expect(unknown.map(({ type }) => type).filter((type) => type !== 'craft/drainMidTurnQueue')).toEqual([]);
  const began = kinds.filter((kind) => kind === 'tool-started').length;
  expect(kinds.filter((kind) => kind === 'tool-ended')).toHaveLength(began);
});

describe('a turn that works', () => {
  it.each(AGENTS)('tells the words, the tool and the end of %s', async (agent) => {
    const session = replay(agent, 'work');
    session.beginTurn(1, 'Do it.');
    const outcome = await session.outcomeOf(1);
    expect(outcome).toMatchObject({ kind: 'completed', report: null, finalMessage: 'all done' });
    expect(session.events).toContainEqual({
      kind: 'tool-started',
      callId: matching(/call_1/),
      name: matching(/shell/),
      summary: 'echo hi > made.txt && git add . && git commit -qm made',
    });
  });

  const tokens = (inputTokens: number, cacheReadTokens: number | null, outputTokens: number): object => ({
    inputTokens,
    cacheReadTokens,
    outputTokens,
  });
  const unknown = { inputTokens: null, cacheReadTokens: null, outputTokens: null };
  it.each([
    ['claude', { ...tokens(1_400, 600, 100), costUsd: 0.01158, contextTokens: 1_050 }],
    ['codex', { ...tokens(1_400, 600, 100), contextWindow: 258_400 }],
    ['copilot', tokens(1_400, 600, 100)],
    ['gemini', tokens(2_000, null, 60)],
    // They tell of the last request alone.
    ['goose', { ...unknown, contextTokens: 1_050 }],
    ['opencode', { ...unknown, costUsd: 0.00166, contextTokens: 1_000 }],
  ] as const)('counts what %s has used', async (agent, usage) => {
    expect((await outcomeOf(agent, 'work')).usage).toMatchObject(usage);
  });

  it('counts a turn alone where the agent counts its session', async () => {
    const session = replay('copilot', 'two-turns');
    session.beginTurn(1, 'one');
    expect((await session.outcomeOf(1)).usage).toMatchObject({ inputTokens: 200, outputTokens: 20 });
    session.beginTurn(2, 'two');
    expect((await session.outcomeOf(2)).usage).toMatchObject({ inputTokens: 100, outputTokens: 10 });
  });
});

it.each(AGENTS)('ends an interrupted turn of %s', async (agent) => {
  const outcome = await outcomeOf(agent, 'interrupt');
  expect(outcome).toMatchObject({ kind: 'failed', error: { message: 'The turn was interrupted.' } });
});

it.each(['claude', 'codex', 'goose', 'opencode', 'qwen'] as const)(
  'says that a command of %s has failed',
  async (agent) => {
    const session = replay(agent, 'tool-failure');
    session.beginTurn(1, 'Do it.');
    await session.outcomeOf(1);
    expect(await session.find('tool-ended')).toMatchObject({ isError: true });
  },
);

it.each([
  ['claude', 'limit-with-reset', 'limit'],
  ['claude', 'unauthorized', 'authentication'],
  ['claude', 'server-error', 'overload'],
  ['claude', 'server-gone', 'network'],
  // These four end their turn as if all was well.
  ['codex', 'limit-plain', 'limit'],
  ['codex', 'server-error', 'overload'],
  ['codex', 'server-gone', 'network'],
  ['goose', 'limit-plain', 'limit'],
  ['goose', 'unauthorized', 'authentication'],
  ['goose', 'server-error', 'overload'],
  ['goose', 'server-gone', 'network'],
  ['copilot', 'limit-with-reset', 'limit'],
  ['copilot', 'unauthorized', 'authentication'],
  ['copilot', 'server-error', 'overload'],
  ['codex', 'limit-with-reset', 'limit'],
  ['codex', 'unauthorized', 'authentication'],
  ['gemini', 'limit-plain', 'limit'],
  ['gemini', 'unauthorized', 'authentication'],
  ['gemini', 'server-error', 'overload'],
  ['gemini', 'server-gone', 'network'],
] as const)('G15 tells of %s in the situation %s: %s', async (agent, situation, kind) => {
  expect(await outcomeOf(agent, situation)).toMatchObject({ kind: 'failed', error: { kind } });
});

it('G15 reads how long a limit lasts', async () => {
  const outcome = await outcomeOf('gemini', 'limit-with-reset');
  const resetAt = outcome.kind === 'failed' ? (outcome.error.resetAt ?? 0) : 0;
  expect(Math.abs(resetAt - Date.now() - 3_600_000)).toBeLessThan(60_000);
});

it('takes a process that ends in the middle of a turn for a crash', async () => {
  expect(await outcomeOf('gemini', 'killed')).toMatchObject({ kind: 'failed', error: { kind: 'crash' } });
});

it('refuses a question of an agent that only looks, and tells it', async () => {
  const session = replay('copilot', 'work', 'read');
  session.beginTurn(1, 'Look at it.');
  await session.outcomeOf(1);
  expect(await session.find('tool-ended')).toMatchObject({ isError: true, summary: matching(/only read/) });
});
