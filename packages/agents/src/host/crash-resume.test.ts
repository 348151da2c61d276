import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentDefinition } from '@tina/contract';
import { expect, it } from 'vitest';
import { makeHostCase } from '../testing/host-case.ts';
import { matching } from '../testing/matching.ts';
import { puppet } from '../testing/puppet.ts';

/** Speaks as Claude Code does; `turn(text)` is what it does with a turn. */
const SPEAK = `
  const resumes = args.includes('--resume');
  const dies = () => process.kill(process.pid, 'SIGKILL');
  const answer = (text) => { say({ type: 'system', subtype: 'init', session_id: 's1' });
    say({ type: 'assistant', message: { id: text, content: [{ type: 'text', text }], usage: { input_tokens: 10 } } }); };
  const result = (text, more = {}) => say({ type: 'result', is_error: false, result: text,
    usage: { input_tokens: 100, output_tokens: 5 }, ...more });
  on = (record) => record.type === 'user' ? turn(record.message.content) : interrupted();
  let interrupted = () => {};
`;

function agent(script: string): AgentDefinition {
  return { kind: 'claude', command: puppet(`${SPEAK}\n${script}`), args: [], env: [] };
}

it('G13 goes on with the same conversation, in the same turn, when the agent’s process dies', async () => {
  const turn = `const turn = (text) => { answer('at work'); if (resumes) result('heard: ' + text); else dies(); };`;
  const { daemon, startHost, outcomeOf, frame, launch, read } = makeHostCase(agent(turn));
  await daemon.start();
  startHost();
  const outcome = await outcomeOf(1);
  expect(outcome).toMatchObject({
    kind: 'completed',
    finalMessage: matching(/^heard: Your process ended in the middle of its work/),
    // Of the process that died only what went in is known.
    usage: { inputTokens: 110, outputTokens: 5 },
  });
  expect((await frame('warning')).message).toMatch(/the same conversation goes on in a new process/);
  const started = daemon.frames.filter(({ frame: { kind } }) => kind === 'agent-started');
  expect(started.map(({ frame: one }) => ('turn' in one ? one.turn : 0))).toEqual([1, 1]);
  expect(readFileSync(join(launch.directory, 'prompt-1-resumed.md'), 'utf8')).toMatch(/go on where you were/);
  expect(read('output.log')).toContain('goes on in a new process');
});

it('G13 does so once in each turn', async () => {
  const turn = `const turn = () => { answer('at work'); dies(); };`;
  const { daemon, startHost, outcomeOf } = makeHostCase(agent(turn));
  await daemon.start();
  startHost();
  expect(await outcomeOf(1)).toMatchObject({
    kind: 'failed',
    error: { kind: 'crash' },
    usage: { inputTokens: 20 },
  });
  daemon.order({ kind: 'begin-turn', turn: 2, message: 'Once more.' });
  await outcomeOf(2);
  const started = daemon.frames.filter(({ frame: { kind } }) => kind === 'agent-started');
  expect(started).toHaveLength(4);
});

it('ends a turn whose agent died before it had a conversation', async () => {
  const { daemon, startHost, outcomeOf } = makeHostCase(agent(`const turn = () => dies();`));
  await daemon.start();
  startHost();
  expect(await outcomeOf(1)).toMatchObject({ kind: 'failed', error: { kind: 'crash' } });
  expect(daemon.frames.filter(({ frame: { kind } }) => kind === 'agent-started')).toHaveLength(1);
});

const LIMITS = { idleWarningMs: 100, idleStopMs: 400, turnMs: 60_000 };

it('G12 interrupts an agent without progress, and takes its next turn in the same process', async () => {
  const script = `
    interrupted = () => result('', { is_error: true, terminal_reason: 'aborted_streaming' });
    const turn = (text) => { answer('at work'); if (text === 'Once more.') result('done'); };`;
  const { daemon, startHost, outcomeOf, read } = makeHostCase(agent(script), { limits: LIMITS });
  await daemon.start();
  startHost();
  expect(await outcomeOf(1)).toMatchObject({
    kind: 'failed',
    error: { kind: 'no_progress' },
    usage: { inputTokens: 100, outputTokens: 5 },
  });
  daemon.order({ kind: 'begin-turn', turn: 2, message: 'Once more.' });
  expect(await outcomeOf(2)).toMatchObject({ kind: 'completed', finalMessage: 'done' });
  const started = daemon.frames.flatMap(({ frame: one }) =>
    one.kind === 'agent-started' ? [one.agentPid] : [],
  );
  expect(new Set(started).size).toBe(1);
  expect(read('output.log')).not.toContain('The turn was interrupted');
});

it('G12 ends an agent that cannot be interrupted any more', async () => {
  const { daemon, startHost, outcomeOf } = makeHostCase(agent(`const turn = () => answer('at work');`), {
    limits: LIMITS,
  });
  await daemon.start();
  const host = startHost();
  expect(await outcomeOf(1)).toMatchObject({ kind: 'failed', error: { kind: 'no_progress' } });
  await host.end({ exitCode: 0, reason: 'the test is over' });
});
