import { TinaError } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestCli, type Outcome, type TestCli } from '../testing/test-cli.test-support.ts';
import { NOW } from '../testing/time.test-support.ts';

let cli: TestCli;

beforeEach(() => {
  cli = createTestCli();
});

afterEach(() => cli.dispose());

const asAgent = (...args: string[]): Promise<Outcome> =>
  cli.run(args, { env: { TINA_SOCKET: cli.socketPath, TINA_TOKEN: 'secret' } });

const message = {
  id: 'r1-s1',
  runId: 'r1',
  from: null,
  to: 'r1-a1',
  text: 'Use tabs.\nAlways.',
  answers: 'r1-q1',
  status: 'delivered',
  sentAt: NOW,
  delivery: { attemptId: 'r1-a1', turn: 1, mode: 'read', at: NOW },
};

const task = {
  runId: 'r1',
  feature: 'rate-limits',
  attemptId: 'r1-a2',
  attempt: 2,
  role: 'implementer',
  turn: 1,
  taskId: 'r1-t1',
  taskName: 'phase-1-task-1',
  title: 'Limit',
  phase: '1',
  files: ['src/limit.ts'],
  acceptance: ['it limits'],
  body: 'Write it.',
  planText: null,
  findings: [
    {
      id: 'r1-f1',
      phase: '1',
      taskId: 'r1-t1',
      source: 'review',
      severity: 'major',
      message: 'No limit',
      file: 'src/limit.ts',
      line: 3,
      status: 'open',
      closedBecause: null,
    },
  ],
  branch: 'tina-attempt/r1-a2',
  startCommit: '1111',
  predecessor: { attemptId: 'r1-a1', status: 'failed', reason: 'crash', rescueRef: null },
  report: 'work',
  unreadMessages: 1,
};

describe('what an agent asks of Tina', () => {
  it('G29 its task, as itself', async () => {
    const daemon = await cli.serve({ 'agent.task': () => task });
    const { code, stdout } = await asAgent('mine');
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "phase-1-task-1: Limit
      You are the implementer of attempt r1-a2, in turn 1, run r1 (rate-limits).
      Branch tina-attempt/r1-a2, from 1111.

      Files that you may change:
      - src/limit.ts

      Acceptance:
      - it limits

      Open findings:
      - r1-f1, major: No limit (src/limit.ts:3)

      Write it.

      The attempt before, r1-a1, was failed: crash.

      Report: tina report work
      Messages for you: 1. Read them with  tina inbox
      "
    `);
    expect(daemon.calls.map(({ token }) => token)).toEqual(['secret']);
    expect(JSON.parse((await asAgent('mine', 'task', '--json')).stdout)).toEqual(task);
  });

  it('its findings and what it has used', async () => {
    const usage = { inputTokens: 5, costUsd: null };
    await cli.serve({
      'agent.findings': () => ({ attemptId: 'r1-a2', findings: [] }),
      'agent.usage': () => ({ attemptId: 'r1-a2', turn: 2, usage, startedAt: NOW }),
    });
    expect((await asAgent('mine', 'findings')).stdout).toBe('No open finding concerns you.\n');
    expect((await asAgent('mine', 'usage')).stdout).toBe('inputTokens: 5\ncostUsd: unknown\n');
    expect((await asAgent('mine', 'else')).code).toBe(2);
  });

  it('its messages', async () => {
    const daemon = await cli.serve({
      'agent.messages.read': () => ({ attemptId: 'r1-a2', messages: [message], more: 2 }),
    });
    expect((await asAgent('inbox', '--after', 'r1-s0')).stdout).toBe(
      '[r1-s1 from a person, the answer to r1-q1]\nUse tabs.\nAlways.\n\n2 more:  tina inbox\n',
    );
    expect(daemon.inputOf('agent.messages.read')).toEqual({ after: 'r1-s0' });
  });

  it('an answer, and goes on without one', async () => {
    let answer: string | null = 'yes';
    const daemon = await cli.serve({
      'agent.ask': () => ({ attemptId: 'r1-a2', questionId: 'r1-q1', answer, messages: [] }),
    });
    const ask = ['ask', 'Drop it?', '--choice', 'yes', '--choice', 'no', '--wait', '10s'];
    expect((await asAgent(...ask)).stdout).toBe('yes\n');
    expect(daemon.inputOf('agent.ask')).toEqual({
      question: 'Drop it?',
      choices: ['yes', 'no'],
      waitSeconds: 10,
    });
    answer = null;
    const { code, stdout } = await asAgent('ask', 'Drop it?');
    expect(code).toBe(0);
    expect(stdout).toContain('No answer yet to r1-q1. Decide yourself');
  });
});

describe('what an agent tells', () => {
  it('how far it is, and others', async () => {
    const daemon = await cli.serve({
      'agent.progress': () => ({ attemptId: 'r1-a2', recorded: false }),
      'agent.messages.send': () => ({ attemptId: 'r1-a2', messageIds: ['r1-s1', 'r1-s2'] }),
    });
    expect((await asAgent('progress', 'half')).stdout).toContain('too soon');
    expect((await asAgent('say', 'implementer', 'Mind the gap')).stdout).toBe('Sent as r1-s1, r1-s2.\n');
    expect(daemon.inputOf('agent.messages.send')).toEqual({ to: 'implementer', text: 'Mind the gap' });
    expect((await asAgent('say', 'operator', ' ')).code).toBe(2);
  });

  it('G31 a refusal says why and what to do, and an operator is no agent', async () => {
    await cli.serve({
      'agent.messages.send': () => {
        throw new TinaError({
          code: 'nobody_there',
          message: 'No other planner is at work.',
          next: ['to operator'],
        });
      },
    });
    const { code, stderr } = await asAgent('say', 'planner', 'psst');
    expect([code, stderr]).toEqual([1, 'error: No other planner is at work.\nnext: to operator\n']);
    for (const command of [['mine'], ['inbox'], ['mcp'], ['ask', 'why?']]) {
      const refused = await cli.run(command);
      expect([refused.code, refused.stderr]).toEqual([
        1,
        expect.stringContaining('Only an agent that Tina started'),
      ]);
    }
  });
});

describe('what people say to agents', () => {
  const waiting = { ...message, answers: null, status: 'waiting', delivery: null };

  it('G23 tina send says that it waits, that it was delivered, or that it was not', async () => {
    let view: object = waiting;
    const daemon = await cli.serve({
      'message.send': () => ({ runId: 'r1', messageId: 'r1-s1' }),
      'message.get': () => view,
    });
    expect((await cli.run(['send', 'r1-a1', 'Use tabs.'])).stdout).toBe(
      'Kept as message r1-s1: it will reach r1-a1 in its next turn.\n',
    );
    expect(daemon.inputOf('message.send')).toMatchObject({ to: 'r1-a1', text: 'Use tabs.' });
    const late = await cli.run(['send', 'r1-a1', 'x', '--wait', '--timeout', '1s', '--json']);
    expect([late.code, JSON.parse(late.stdout)]).toEqual([1, waiting]);
    view = message;
    expect((await cli.run(['send', 'r1-a1', 'x', '--wait'])).stdout).toBe(
      'Delivered: message r1-s1 is in turn 1 of attempt r1-a1.\n',
    );
    view = { ...waiting, status: 'dead' };
    const dead = await cli.run(['send', 'r1-a1', 'x', '--wait']);
    expect([dead.code, dead.stderr]).toEqual([
      1,
      expect.stringContaining('was not delivered: r1-a1 ended without it.'),
    ]);
  });

  it('tina answer, messages and prompt', async () => {
    const daemon = await cli.serve({
      'question.answer': () => ({ runId: 'r1', attemptId: 'r1-a1', messageId: 'r1-s2' }),
      'message.list': () => [message, waiting],
      'prompt.get': () => ({
        role: 'planner',
        attemptId: null,
        text: 'Plan <phase>.\n',
        placeholders: { '<phase>': 'its number' },
      }),
    });
    expect((await cli.run(['answer', 'r1-q1', 'yes'])).stdout).toBe(
      'Answered r1-q1: attempt r1-a1 hears it as r1-s2.\n',
    );
    const { stdout } = await cli.run(['messages', 'r1']);
    expect(stdout).toContain('r1-s1  a person to r1-a1  delivered');
    expect(stdout).toContain('  Always.');
    expect(stdout).toContain('waiting');
    expect((await cli.run(['prompt', 'planner'])).stdout).toBe(
      'Plan <phase>.\n\nPLACEHOLDERS\n  <phase>  its number\n',
    );
    await cli.run(['prompt', 'planner', '--run', 'r1', '--task', 'plan-phase-1', '--json']);
    expect(daemon.calls.at(-1)?.input).toEqual({ role: 'planner', task: 'r1/plan-phase-1' });
    expect((await cli.run(['prompt', 'planner', '--run', 'r1'])).code).toBe(2);
    expect((await cli.run(['prompt', 'boss'])).stderr).toContain('must be one of validator, planner');
  });
});
