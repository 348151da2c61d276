import { describe, expect, it } from 'vitest';
import { ends, fails, gives, lost, says, silent, type Turn } from '../simulation/behaviour.test-support.ts';
import { failedJob } from '../simulation/simulated-node.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

const BACKOFF_MS = 5_000;

function validatorThat(behave: (turn: Turn) => ReturnType<typeof fails> | undefined): SimulatedRun {
  return new SimulatedRun({ script: { validator: behave } });
}

describe('an attempt that fails', () => {
  it('is tried once more after a back-off, and told of its predecessor', () => {
    const run = validatorThat(({ roleAttempt }) => (roleAttempt === 1 ? fails('crash') : undefined));
    run.until(() => run.timers.size === 1);
    const task = run.task('validate-design');
    const waits = run.eventsOf('retry.scheduled')[0];
    expect(task.waitsFor).toEqual({ kind: 'timer', dueAt: (waits?.at ?? 0) + BACKOFF_MS });
    expect(task.retries).toEqual({ failure: 1, output: 0, lost: 0 });
    run.until(() => run.attempts('validate-design').length === 2);
    const [first, second] = run.attempts('validate-design');
    expect(first).toMatchObject({ status: 'failed', settled: true, failure: { kind: 'crash' } });
    expect(second).toMatchObject({ number: 2, epoch: 2, predecessor: first?.id });
    expect(second?.branch).not.toBe(first?.branch);
    expect(run.toRest().status).toBe('complete');
  });

  it('blocks its task after the retry, with the reason and what to type (G05)', () => {
    const run = validatorThat(() => fails('crash')).toRest();
    const task = run.task('validate-design');
    expect(run.attempts('validate-design').length).toBe(2);
    expect(task.status).toBe('blocked');
    expect(task.block).toEqual({
      code: 'retries_spent',
      message: 'it was crash',
      output: null,
      next: [
        'tina logs r1-a2',
        `tina retry ${task.id}`,
        `tina skip ${task.id} --reason "..."`,
        'tina cancel r1',
      ],
    });
    expect(run.status).toBe('blocked');
    expect(run.state.blocked).toEqual([{ taskId: task.id, code: 'retries_spent', message: 'it was crash' }]);
  });

  it.each(['refusal', 'no_progress', 'timeout'] as const)('by %s counts as a failure', (kind) => {
    const run = validatorThat(() => fails(kind)).toRest();
    expect(run.task('validate-design')).toMatchObject({
      block: { code: 'retries_spent' },
      retries: { failure: 1, output: 0, lost: 0 },
    });
  });

  it('by its own word counts as a failure', () => {
    const run = validatorThat(() => ends({ kind: 'error', reason: 'I cannot read it.' })).toRest();
    expect(run.attempt('validate-design').failure).toMatchObject({
      kind: 'agent_error',
      message: 'I cannot read it.',
    });
    expect(run.task('validate-design').block?.code).toBe('retries_spent');
  });

  it('by a host that cannot be started counts as a failure (G08)', () => {
    const run = new SimulatedRun({
      jobs: (job) => (job.kind === 'start-agent' ? failedJob('no_agent') : undefined),
    }).toRest();
    expect(run.attempt('validate-design').failure?.kind).toBe('start_failed');
    expect(run.task('validate-design').block?.code).toBe('retries_spent');
  });

  it('by a host on another branch counts as a failure (G08)', () => {
    const run = new SimulatedRun({
      jobs: (job) =>
        job.kind === 'start-agent'
          ? {
              kind: 'start-agent',
              agentVersion: '1',
              workingDirectory: '/srv',
              branch: 'main',
              hostPid: 1,
              session: null,
            }
          : undefined,
    }).toRest();
    expect(run.attempt('validate-design').failure).toMatchObject({
      kind: 'start_failed',
      message: 'The agent host reported in on branch main instead of tina-attempt/r1-a2.',
    });
  });

  it.each([
    ['authentication', fails('authentication')],
    ['setup_failed', silent],
  ] as const)('by %s blocks at once: trying again changes nothing', (code, behaviour) => {
    const run = new SimulatedRun({
      script: { validator: () => behaviour },
      jobs: (job) =>
        job.kind === 'start-agent' && code === 'setup_failed' ? failedJob('setup_failed') : undefined,
    }).toRest();
    expect(run.attempts('validate-design').length).toBe(1);
    expect(run.task('validate-design').block?.code).toBe(code);
    expect(run.status).toBe('blocked');
  });
});

describe('output that does not fit its form', () => {
  it('is asked for once more within the attempt, with the form', () => {
    const run = validatorThat(({ turn }) => (turn === 1 ? says('I like it.') : gives('pass')));
    run.until(() => run.eventsOf('attempt.returned').length === 1);
    const [returned] = run.eventsOf('attempt.returned');
    expect(returned?.data).toMatchObject({ reason: 'format', turn: 2 });
    expect(returned?.data.message).toContain('VALIDATION_STATUS: Pass');
    expect(run.queued('continue-agent')).toMatchObject([{ turn: 2, epoch: 1 }]);
    expect(run.toRest().status).toBe('complete');
  });

  it('has a retry of its own, at once, and then blocks', () => {
    const run = validatorThat(() => says('I like it.'));
    run.until(() => run.attempts('validate-design').length === 2);
    expect(run.timers.size).toBe(0);
    run.toRest();
    expect(run.eventsOf('attempt.returned').length).toBe(2);
    expect(run.attempt('validate-design').failure?.kind).toBe('bad_output');
    expect(run.task('validate-design')).toMatchObject({
      block: { code: 'retries_spent' },
      retries: { failure: 0, output: 1, lost: 0 },
    });
  });

  it('is counted apart from failures and losses', () => {
    const run = validatorThat(({ roleAttempt }) => {
      if (roleAttempt === 1) return fails('crash');
      if (roleAttempt === 2) return fails('bad_output');
      return roleAttempt === 3 ? lost : gives('pass');
    }).toRest();
    expect(run.attempts('validate-design').map((attempt) => attempt.status)).toEqual([
      'failed',
      'failed',
      'lost',
      'succeeded',
    ]);
    expect(run.status).toBe('complete');
  });

  it('is a report of another role as well', () => {
    const run = validatorThat(({ turn }) =>
      turn === 1 ? ends({ kind: 'work', summary: 'done' }) : gives('pass'),
    ).toRest();
    expect(run.eventsOf('attempt.returned')[0]?.data.message).toContain(
      'A validator reports validation, not work.',
    );
    expect(run.status).toBe('complete');
  });

  it('may be the one-line form at the end of a message', () => {
    const run = validatorThat(() => says('It is fine.\n\nVALIDATION_STATUS: Pass')).toRest();
    expect(run.task('validate-design').result).toMatchObject({ kind: 'validated', status: 'pass' });
  });

  it('is a path instead of a plan, which nobody read', () => {
    const run = new SimulatedRun({
      script: { planner: () => says('plan-phase-1 complete. PLAN_PATH: plan.md') },
    }).toRest();
    expect(run.task('plan-phase-1').block?.code).toBe('retries_spent');
  });
});

describe('G15 a service that does not serve', () => {
  it.each(['overload', 'network'] as const)('is waited for longer each time, and then blocks: %s', (kind) => {
    const run = validatorThat(() => fails(kind)).toRest();
    const parked = run.eventsOf('attempt.parked');
    expect(parked.map(({ at, data }) => data.until - at)).toEqual([10_000, 30_000, 90_000, 270_000, 600_000]);
    expect(parked[1]?.data).toMatchObject({ message: `it was ${kind}`, backoff: { kind, number: 2, of: 5 } });
    expect(run.attempts('validate-design').length).toBe(1);
    expect(run.task('validate-design')).toMatchObject({
      block: { code: kind, message: `it was ${kind} It was waited for 5 times in a row.` },
      retries: { failure: 0, output: 0, lost: 0 },
    });
    expect(run.task('validate-design').block?.next).toContain('tina retry r1-t1');
  });

  it('serves again: the agent goes on in its conversation, and the count begins anew', () => {
    const run = validatorThat(({ turn }) => {
      if (turn === 3) return says('Hm.');
      return turn < 5 ? fails('overload') : gives('pass');
    });
    run.until(() => run.attempt('validate-design').status === 'parked');
    run.until(() => run.queued('continue-agent').length === 1);
    expect(run.queued('continue-agent')).toMatchObject([
      { turn: 2, message: expect.stringContaining('did not answer for a while') as string },
    ]);
    run.until(() => run.task('validate-design').status === 'completed');
    const numbers = run.eventsOf('attempt.parked').map(({ data }) => data.backoff?.number);
    expect(numbers).toEqual([1, 2, 1]);
  });

  it('is not waited for where the policy says so', () => {
    const overload = { firstMs: 1, factor: 1, capMs: 1, times: 0 };
    const retries = { failure: 1, output: 1, lost: 5, backoffMs: 1, overload };
    const run = new SimulatedRun({ script: { validator: () => fails('overload') }, policy: { retries } });
    run.toRest();
    expect(run.task('validate-design').block).toMatchObject({ code: 'overload', message: 'it was overload' });
  });
});

describe('a limit', () => {
  it('parks the attempt until the reset, resumes it, and uses up no retry (G15)', () => {
    let resetAt = 0;
    const run = validatorThat(({ turn }) => {
      if (turn > 1) return gives('pass');
      resetAt = run.now + 3_600_000;
      return fails('limit', resetAt);
    });
    run.until(() => run.attempt('validate-design').status === 'parked');
    expect([...run.timers.values()]).toMatchObject([{ dueAt: resetAt }]);
    expect(run.status).toBe('validating');
    run.until(() => run.attempt('validate-design').turn === 2);
    expect(run.now).toBeGreaterThanOrEqual(resetAt);
    expect(run.toRest().status).toBe('complete');
    expect(run.attempts('validate-design').length).toBe(1);
    expect(run.task('validate-design').retries).toEqual({ failure: 0, output: 0, lost: 0 });
  });

  it.each([
    ['does not tell when it ends', null],
    ['says that it ended already', 1],
  ])('that %s is waited for five minutes', (_, resetAt) => {
    const run = validatorThat(({ turn }) => (turn === 1 ? fails('limit', resetAt) : gives('pass')));
    run.until(() => run.attempt('validate-design').status === 'parked');
    const parkedAt = run.eventsOf('attempt.parked')[0]?.at ?? 0;
    expect(run.attempt('validate-design').parkedUntil).toBe(parkedAt + 300_000);
  });

  it('leaves its place to another agent, and takes it again when there is one', () => {
    const run = new SimulatedRun({
      plans: { 1: [{}, {}] },
      policy: { parallelAgents: 1 },
      script: {
        implementer: ({ task, turn }) =>
          task.spec?.number === 1 && turn === 1 ? fails('limit', run.now + 10) : undefined,
      },
    });
    run.untilRunning('phase-1-task-2');
    const parked = run.attempt('phase-1-task-1');
    expect(parked.status).toBe('parked');
    expect(run.attempt('phase-1-task-2').slot).not.toBe(parked.slot);
    run.fireTimer(parked.id);
    expect(run.attempt('phase-1-task-1')).toMatchObject({ status: 'parked', parkedUntil: null });
    run.until(() => run.attempt('phase-1-task-2').settled);
    expect(run.attempt('phase-1-task-1').status).toBe('running');
    expect(run.toRest().status).toBe('complete');
  });
});

describe('an attempt that is lost', () => {
  it('is started again at once, and told of its predecessor and the rescue ref (G13)', () => {
    const run = new SimulatedRun({
      script: { implementer: ({ roleAttempt }) => (roleAttempt === 1 ? silent : undefined) },
    });
    run.untilRunning('phase-1-task-1');
    const [first] = run.attempts('phase-1-task-1');
    run.node.commitWork(first?.id ?? '', ['src/1/1.ts']);
    run.accept({ kind: 'lose-attempt', attemptId: first?.id ?? '', epoch: 1, reason: 'its lease ended' });
    expect(run.queued('settle-attempt').length).toBe(1);
    run.step();
    expect(run.timers.size).toBe(0);
    expect(run.attempt('phase-1-task-1')).toMatchObject({
      number: 2,
      predecessor: first?.id,
      status: 'requested',
    });
    expect(run.attempts('phase-1-task-1')[0]).toMatchObject({
      status: 'lost',
      rescueRef: `refs/tina/attempts/${first?.id}`,
    });
    expect(run.toRest().status).toBe('complete');
  });

  it('five times is started again five times, and blocks with the sixth', () => {
    const run = validatorThat(() => lost).toRest();
    expect(run.attempts('validate-design').length).toBe(6);
    expect(run.task('validate-design').block).toMatchObject({
      code: 'lost_too_often',
      message: 'validate-design was lost 6 times with its host, session or machine.',
    });
  });

  it.each(['start-agent', 'collect-evidence'] as const)(
    'is one whose host is gone when a node wants to %s',
    (kind) => {
      const run = new SimulatedRun({
        jobs: (job) =>
          job.kind === kind && run.attempts('phase-1-task-1').length === 1
            ? failedJob('host_lost')
            : undefined,
      });
      run.until(() => run.attempts('phase-1-task-1').length === 2);
      expect(run.attempts('phase-1-task-1')[0]?.status).toBe('lost');
      expect(run.toRest().status).toBe('complete');
    },
  );

  it('is one whose host cannot be given another turn', () => {
    const run = new SimulatedRun({
      script: { validator: ({ roleAttempt }) => (roleAttempt === 1 ? says('?') : undefined) },
      jobs: (job) => (job.kind === 'continue-agent' ? failedJob('no_answer') : undefined),
    }).toRest();
    expect(run.attempts('validate-design').map((attempt) => attempt.status)).toEqual(['lost', 'succeeded']);
  });
});
