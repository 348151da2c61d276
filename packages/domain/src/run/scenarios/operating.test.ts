import { describe, expect, it } from 'vitest';
import type { CheckDefinition } from '../../check/check.ts';
import type { TaskStep } from '../task.ts';
import { fails, findsGaps, silent } from '../simulation/behaviour.test-support.ts';
import { failedJob } from '../simulation/simulated-node.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

const CHECK: CheckDefinition = {
  name: 'test',
  command: 'npm test',
  at: ['task', 'phase', 'finalize'],
  timeoutMs: 1,
  failures: null,
};

describe('a pause', () => {
  it('lets running attempts end and starts nothing, until the run is resumed', () => {
    const run = new SimulatedRun({ plans: { 1: [{}, {}, { dependsOn: [1] }] } });
    run.untilRunning('phase-1-task-2');
    run.accept({ kind: 'pause', now: false });
    expect(run.status).toBe('paused');
    run.toRest();
    expect([1, 2].map((number) => run.attempt(`phase-1-task-${number}`).status)).toEqual([
      'succeeded',
      'succeeded',
    ]);
    // Not even the merge of what was done.
    expect(
      [1, 2, 3].map((number) => [run.phaseTask('1', number).status, run.phaseTask('1', number).step]),
    ).toEqual([
      ['in_progress', 'merge'],
      ['in_progress', 'merge'],
      ['pending', null],
    ]);
    expect(run.status).toBe('paused');
    run.accept({ kind: 'resume' });
    expect(run.toRest().status).toBe('complete');
  });

  it('stops what was not begun yet: to begin it would start something', () => {
    const run = new SimulatedRun({ plans: { 1: [{}, {}] } });
    run.until(() => run.attempts('phase-1-task-2')[0]?.status === 'requested');
    const begun = Object.values(run.state.attempts).filter((attempt) => attempt.status === 'running');
    run.accept({ kind: 'pause', now: false });
    expect(run.queued('start-agent')).toEqual([]);
    expect(run.attempts('phase-1-task-2')[0]).toMatchObject({ status: 'cancelled' });
    expect(begun.every(({ id }) => run.state.attempts[id]?.status === 'running')).toBe(true);
    run.toRest();
    run.accept({ kind: 'resume' });
    run.toRest();
    expect(run.phaseTask('1', 2).retries).toEqual({ failure: 0, output: 0, lost: 0 });
    expect(run.status).toBe('complete');
  });

  it('with --now stops attempts with their work kept; the next one is told, and no retry is used up', () => {
    const run = new SimulatedRun();
    run.untilRunning('phase-1-task-1');
    const { id } = run.attempt('phase-1-task-1');
    run.node.commitWork(id, ['src/1/1.ts']);
    run.accept({ kind: 'pause', now: true });
    expect(run.state.attempts[id]?.status).toBe('cancelled');
    run.toRest();
    expect(run.state.attempts[id]?.rescueRef).toBe(`refs/tina/attempts/${id}`);
    expect(run.attempts('phase-1-task-1').length).toBe(1);
    run.accept({ kind: 'resume' });
    expect(run.attempt('phase-1-task-1')).toMatchObject({ number: 2, predecessor: id });
    run.toRest();
    expect(run.phaseTask('1', 1).retries).toEqual({ failure: 0, output: 0, lost: 0 });
    expect(run.status).toBe('complete');
  });

  it('with --now stops an attempt whose evidence is being collected, and the collecting', () => {
    const run = new SimulatedRun();
    run.until(() => run.queued('collect-evidence').length === 1);
    const job = run.job('collect-evidence');
    run.accept({ kind: 'pause', now: true });
    expect(run.queued('collect-evidence')).toEqual([]);
    const stale = { kind: 'complete-job', job, outcome: run.perform(job) } as const;
    expect(run.refusal(stale)).toBe('stale_job');
    run.toRest();
    run.accept({ kind: 'resume' });
    expect(run.toRest().status).toBe('complete');
  });

  it('with --now stops a parked attempt, and clears its timer', () => {
    const run = new SimulatedRun({
      script: { implementer: ({ roleAttempt }) => (roleAttempt === 1 ? fails('limit') : undefined) },
    });
    run.until(() => run.timers.size === 1);
    run.accept({ kind: 'pause', now: true });
    expect(run.timers.size).toBe(0);
    run.toRest();
    run.accept({ kind: 'resume' });
    expect(run.toRest().status).toBe('complete');
  });

  it('can be made harder afterwards, and not twice', () => {
    const run = new SimulatedRun();
    run.untilRunning('validate-design');
    run.accept({ kind: 'pause', now: false });
    expect(run.refusal({ kind: 'pause', now: false })).toBe('already_paused');
    run.accept({ kind: 'pause', now: true });
    expect(run.eventsOf('run.paused').length).toBe(1);
    expect(run.attempt('validate-design').status).toBe('cancelled');
    expect(run.refusal({ kind: 'pause', now: true })).toBe('already_paused');
  });

  it('lets a limit end without going on; that waits for the resuming', () => {
    const run = new SimulatedRun({
      script: { validator: ({ turn }) => (turn === 1 ? fails('limit') : undefined) },
    });
    run.until(() => run.timers.size === 1);
    run.accept({ kind: 'pause', now: false });
    run.toRest();
    expect(run.attempt('validate-design').status).toBe('parked');
    run.accept({ kind: 'resume' });
    expect(run.toRest().status).toBe('complete');
    expect(run.attempts('validate-design').length).toBe(1);
  });

  it('lets a back-off end without trying again', () => {
    const run = new SimulatedRun({
      script: { validator: ({ roleAttempt }) => (roleAttempt === 1 ? fails('crash') : undefined) },
    });
    run.until(() => run.timers.size === 1);
    run.accept({ kind: 'pause', now: false });
    run.toRest();
    expect(run.attempts('validate-design').length).toBe(1);
    run.accept({ kind: 'resume' });
    expect(run.toRest().status).toBe('complete');
  });

  it.each([
    'baseline',
    'validate',
    'branch',
    'plan',
    'implement',
    'spec-review',
    'merge',
    'checks',
    'review',
    'integrate',
  ] as const satisfies readonly TaskStep[])('during %s loses nothing', (step) => {
    for (const now of [false, true]) {
      const run = new SimulatedRun({
        policy: { checks: [CHECK] },
        plans: { 1: [{ review: 'spec' }] },
      });
      run.until(() =>
        Object.values(run.state.tasks).some((task) => task.step === step && task.waitsFor !== null),
      );
      run.accept({ kind: 'pause', now });
      run.toRest();
      expect(run.status).toBe('paused');
      run.accept({ kind: 'resume' });
      expect(run.toRest().status).toBe('complete');
    }
  });

  it('that comes while the base is moved finds the run complete', () => {
    const run = new SimulatedRun();
    run.until(() => run.queued('land').length === 1);
    run.accept({ kind: 'pause', now: true });
    expect(run.toRest().status).toBe('complete');
  });

  it('of a blocked run keeps it blocked after the resuming', () => {
    const run = new SimulatedRun({ script: { validator: () => fails('authentication') } }).toRest();
    const refused = run.send({ kind: 'resume' });
    expect(refused).toMatchObject({
      ok: false,
      rejection: {
        code: 'not_paused',
        next: [`tina retry ${run.task('validate-design').id}`],
      },
    });
    run.accept({ kind: 'pause', now: false });
    expect(run.status).toBe('paused');
    run.accept({ kind: 'resume' });
    expect(run.status).toBe('blocked');
  });

  it('takes the choice of an ending, which begins with the resuming', () => {
    const run = new SimulatedRun({ policy: { finalize: 'ask' } }).toRest();
    run.accept({ kind: 'pause', now: false });
    run.accept({ kind: 'finalize', choice: 'merge' });
    run.toRest();
    expect(run.task('finalize')).toMatchObject({ step: 'integrate', waitsFor: null });
    run.accept({ kind: 'resume' });
    expect(run.toRest().status).toBe('complete');
  });

  it('keeps the merge of a resolved conflict waiting', () => {
    let conflicts = 1;
    const run: SimulatedRun = new SimulatedRun({
      jobs: (job) => {
        if (job.kind !== 'integrate-base' || conflicts === 0) return undefined;
        conflicts -= 1;
        const tip = run.node.repository.branch ?? '';
        const baseCommit = run.node.repository.base;
        return { kind: 'integrate-base', result: { kind: 'conflict', tip, baseCommit, files: [] } };
      },
    });
    run.untilRunning('finalize');
    run.accept({ kind: 'pause', now: false });
    run.toRest();
    expect(run.task('finalize')).toMatchObject({ step: 'merge', waitsFor: null });
    run.accept({ kind: 'resume' });
    expect(run.toRest().status).toBe('complete');
  });

  it('keeps the preparing of a branch waiting that a person retries', () => {
    let isBroken = true;
    const run = new SimulatedRun({
      jobs: (job) => (job.kind === 'create-branch' && isBroken ? failedJob('git_failed') : undefined),
    }).toRest();
    isBroken = false;
    run.accept({ kind: 'pause', now: false });
    run.accept({ kind: 'retry', taskId: run.task('setup-worktree').id });
    run.toRest();
    expect(run.task('setup-worktree')).toMatchObject({ step: 'branch', waitsFor: null });
    run.accept({ kind: 'resume' });
    expect(run.toRest().status).toBe('complete');
  });

  it('takes a retry, which begins with the resuming', () => {
    let isGood = false;
    const run = new SimulatedRun({
      script: { validator: () => (isGood ? undefined : fails('authentication')) },
    }).toRest();
    run.accept({ kind: 'pause', now: false });
    isGood = true;
    run.accept({ kind: 'retry', taskId: run.task('validate-design').id });
    run.toRest();
    expect(run.attempts('validate-design').length).toBe(1);
    run.accept({ kind: 'resume' });
    expect(run.toRest().status).toBe('complete');
  });
});

describe('a cancelled run', () => {
  it('stops its attempts, keeps its branch, and ends when all is settled', () => {
    const run = new SimulatedRun({ plans: { 1: [{}, {}] } });
    run.untilRunning('phase-1-task-2');
    run.accept({ kind: 'cancel', reason: 'a better idea' });
    expect(run.status).toBe('cancelled');
    expect(run.state.control).toBe('cancelling');
    run.toRest();
    expect(run.state).toMatchObject({
      control: 'ended',
      ending: { kind: 'cancelled', reason: 'a better idea' },
    });
    expect(run.status).toBe('cancelled');
    expect(run.node.repository.branch).not.toBeNull();
    expect(run.task('finalize').status).toBe('cancelled');
    expect(run.task('validate-design').status).toBe('completed');
    expect([run.node.hosts.size, run.timers.size, run.queue.size, run.state.slots.length]).toEqual([
      0, 0, 0, 0,
    ]);
  });

  it('comes too late after the end', () => {
    const run = new SimulatedRun().toRest();
    expect(run.send({ kind: 'cancel', reason: null })).toMatchObject({
      ok: false,
      rejection: { code: 'run_ended', message: 'The run is complete.', next: ['tina status r1'] },
    });
  });

  it('refuses everything afterwards', () => {
    const run = new SimulatedRun();
    run.accept({ kind: 'cancel', reason: null });
    expect(run.refusal({ kind: 'resume' })).toBe('run_ended');
    run.toRest();
    expect(run.refusal({ kind: 'cancel', reason: null })).toBe('run_ended');
    expect(run.refusal({ kind: 'retry', taskId: run.task('finalize').id })).toBe('run_ended');
    expect(run.refusal({ kind: 'pause', now: true })).toBe('run_ended');
  });

  it('drops an attempt that was only requested, and its job', () => {
    const run = new SimulatedRun();
    expect(run.queued('start-agent').length).toBe(1);
    const [start] = run.queued('start-agent');
    run.accept({ kind: 'cancel', reason: null });
    expect(run.queued('start-agent')).toEqual([]);
    // A node that claimed it before goes on for a moment, and is refused.
    if (start?.kind !== 'start-agent') throw new Error('no job');
    const { attemptId, jobId, epoch } = start;
    expect(run.refusal({ kind: 'begin-attempt', attemptId, jobId, epoch })).toBe('stale_attempt');
    const outcome = run.node.perform(start);
    expect(run.refusal({ kind: 'complete-job', job: start, outcome })).toBe('stale_job');
    expect(run.toRest().state.control).toBe('ended');
    expect(run.node.hosts.size).toBe(0);
  });

  it('withdraws the next turn that an attempt has not got yet', () => {
    const run = new SimulatedRun({ script: { validator: () => fails('limit') } });
    run.until(() => run.queued('continue-agent').length === 1);
    run.accept({ kind: 'cancel', reason: null });
    expect(run.queued('continue-agent')).toEqual([]);
  });

  it('drops parked attempts, back-offs and gates', () => {
    const parked = new SimulatedRun({ script: { validator: () => fails('limit') } });
    parked.until(() => parked.timers.size === 1);
    parked.accept({ kind: 'cancel', reason: null });
    expect(parked.toRest().timers.size).toBe(0);

    const waiting = new SimulatedRun({ script: { validator: () => fails('crash') } });
    waiting.until(() => waiting.timers.size === 1);
    waiting.accept({ kind: 'cancel', reason: null });
    expect(waiting.state.control).toBe('ended');
    expect(waiting.timers.size).toBe(0);

    const asking = new SimulatedRun({ policy: { gates: { plan: true, review: false } } }).toRest();
    asking.accept({ kind: 'cancel', reason: null });
    expect(asking.state.gates['r1-g1']).toMatchObject({
      status: 'withdrawn',
      answeredAt: asking.now,
    });
    expect(asking.state.control).toBe('ended');
  });

  it('drops checks, and awaits what moves refs', () => {
    const run = new SimulatedRun({ policy: { checks: [CHECK] } });
    expect(run.queued('run-checks').length).toBe(1);
    run.accept({ kind: 'cancel', reason: null });
    expect(run.state.control).toBe('ended');
    expect(run.queued('run-checks')).toEqual([]);

    const merging = new SimulatedRun();
    merging.until(() => merging.queued('merge').length === 1);
    merging.accept({ kind: 'cancel', reason: null });
    expect(merging.state.control).toBe('cancelling');
    merging.toRest();
    expect(merging.state).toMatchObject({
      control: 'ended',
      tip: merging.node.repository.branch,
      ending: { kind: 'cancelled' },
    });
  });

  it.each(['create-branch', 'merge', 'integrate-base'] as const)(
    'ends also when %s fails meanwhile',
    (kind) => {
      const run = new SimulatedRun({
        jobs: (job) => (job.kind === kind ? failedJob('git_failed') : undefined),
      });
      run.until(() => run.queued(kind).length === 1);
      run.accept({ kind: 'cancel', reason: null });
      run.toRest();
      expect(run.state.ending?.kind).toBe('cancelled');
    },
  );

  it.each([
    ['land', 'merge', 'merged'],
    ['open-pull-request', 'pr', 'pull-request'],
    ['discard-branch', 'discard', 'discarded'],
  ] as const)(
    'is complete all the same when %s was done before it could be stopped (G05)',
    (job, finalize, ending) => {
      const run = new SimulatedRun({ policy: { finalize } });
      run.until(() => run.queued(job).length === 1);
      run.accept({ kind: 'cancel', reason: 'too late' });
      expect(run.state.control).toBe('cancelling');
      run.toRest();
      expect(run.state.ending?.kind).toBe(ending);
      expect(run.status).toBe('complete');
    },
  );

  it('is cancelled when the landing was put off', () => {
    const run = new SimulatedRun();
    run.until(() => run.queued('land').length === 1);
    const { repository } = run.node;
    repository.base = repository.commit([repository.base], []);
    run.accept({ kind: 'cancel', reason: null });
    run.toRest();
    expect(run.state.ending?.kind).toBe('cancelled');
  });

  it('may be cancelled at every point of its way', () => {
    const whole = new SimulatedRun({
      phases: 2,
      plans: { 1: [{ review: 'spec' }, { dependsOn: [1] }] },
      policy: { checks: [CHECK], gates: { plan: false, review: false } },
    });
    let steps = 0;
    while (whole.step()) steps += 1;
    for (let at = 0; at < steps; at += 1) {
      const run = new SimulatedRun({
        phases: 2,
        plans: { 1: [{ review: 'spec' }, { dependsOn: [1] }] },
        policy: { checks: [CHECK] },
      });
      for (let step = 0; step < at; step += 1) run.step();
      const hasEnded = run.state.control === 'ended';
      expect(run.send({ kind: 'cancel', reason: null }).ok).toBe(!hasEnded);
      run.toRest();
      expect(run.state.control).toBe('ended');
      expect([run.node.hosts.size, run.queue.size, run.timers.size, run.leases.size]).toEqual([0, 0, 0, 0]);
      const isLanded = run.node.repository.base !== run.state.baseCommit;
      expect(run.state.ending?.kind).toBe(isLanded ? 'merged' : 'cancelled');
    }
  });
});

describe('a retry', () => {
  it('is for blocked tasks of the run', () => {
    const run = new SimulatedRun();
    expect(run.refusal({ kind: 'retry', taskId: 'r1-t99' })).toBe('no_such_task');
    const refused = run.send({ kind: 'retry', taskId: run.task('validate-design').id });
    expect(refused).toMatchObject({
      ok: false,
      rejection: {
        code: 'task_not_blocked',
        message: 'Task validate-design is in progress; only a blocked task can be retried.',
      },
    });
  });

  it('gives a task all its attempts anew, and tells the first of the last', () => {
    const run = new SimulatedRun({ script: { planner: () => fails('crash') } }).toRest();
    const task = run.task('plan-phase-1');
    run.accept({ kind: 'retry', taskId: task.id });
    expect(run.status).toBe('planning');
    expect(run.attempt(task.name)).toMatchObject({ number: 3, epoch: 3, predecessor: 'r1-a3' });
    run.toRest();
    expect(run.attempts(task.name).length).toBe(4);
    expect(run.status).toBe('blocked');
  });

  it.each([
    ['validator', 'validate-design', 'validate'],
    ['planner', 'plan-phase-1', 'plan'],
    ['implementer', 'phase-1-task-1', 'implement'],
    ['spec-reviewer', 'phase-1-task-1', 'spec-review'],
    ['quality-reviewer', 'phase-1-task-1', 'quality-review'],
    ['reviewer', 'review-phase-1', 'review'],
  ] as const)('after a %s blocked takes up at its step', (role, name, step) => {
    let isGood = false;
    const run = new SimulatedRun({
      plans: { 1: [{ review: 'full' }] },
      script: { [role]: () => (isGood ? undefined : fails('authentication')) },
    }).toRest();
    const before = run.task(name);
    expect(before).toMatchObject({ status: 'blocked', step });
    isGood = true;
    run.accept({ kind: 'retry', taskId: before.id });
    expect(run.task(name)).toMatchObject({ status: 'in_progress', step, block: null });
    run.toRest();
    expect(run.attempts(name).filter((attempt) => attempt.role === role).length).toBe(2);
    expect(run.status).toBe('complete');
  });

  it('of one of two blocked tasks leaves the other blocked', () => {
    let isGood = false;
    const run = new SimulatedRun({
      plans: { 1: [{}, {}] },
      script: { implementer: () => (isGood ? undefined : fails('authentication')) },
    }).toRest();
    isGood = true;
    run.accept({ kind: 'retry', taskId: run.phaseTask('1', 1).id });
    expect(run.status).toBe('executing');
    run.toRest();
    expect(run.state.blocked).toMatchObject([{ taskId: run.phaseTask('1', 2).id }]);
    run.accept({ kind: 'retry', taskId: run.phaseTask('1', 2).id });
    expect(run.toRest().status).toBe('complete');
  });
});

describe('a skip', () => {
  const reason = 'not needed';

  it('is refused for what cannot be left out, is over, or is at work', () => {
    const run = new SimulatedRun();
    const refusalOf = (name: string): string =>
      run.refusal({ kind: 'skip', taskId: run.task(name).id, reason });
    expect(run.refusal({ kind: 'skip', taskId: 'r1-t99', reason })).toBe('no_such_task');
    expect(refusalOf('setup-worktree')).toBe('task_needed');
    expect(refusalOf('finalize')).toBe('task_needed');
    expect(refusalOf('validate-design')).toBe('task_in_progress');
    run.until(() => run.task('setup-worktree').status === 'completed');
    expect(refusalOf('validate-design')).toBe('task_over');
    run.until(() => run.queued('merge').length === 1);
    expect(refusalOf('phase-1-task-1')).toBe('task_in_progress');
    expect(refusalOf('execute-phase-1')).toBe('task_in_progress');
  });

  it('of a task lets its dependants go on', () => {
    const run = new SimulatedRun({
      plans: { 1: [{}, { dependsOn: [1] }] },
      script: { implementer: ({ task }) => (task.spec?.number === 1 ? fails('authentication') : undefined) },
    }).toRest();
    run.accept({ kind: 'skip', taskId: run.phaseTask('1', 1).id, reason });
    expect(run.phaseTask('1', 1)).toMatchObject({ status: 'skipped', block: null });
    run.toRest();
    expect(run.phaseTask('1', 2).status).toBe('completed');
    expect(run.status).toBe('complete');
  });

  it('of a task ahead of its time starts none of its dependants before what it waited for', () => {
    const run = new SimulatedRun({ plans: { 1: [{}, { dependsOn: [1] }, { dependsOn: [2] }] } });
    run.untilRunning('phase-1-task-1');
    run.accept({ kind: 'skip', taskId: run.phaseTask('1', 2).id, reason });
    expect(run.phaseTask('1', 3).status).toBe('pending');
    run.toRest();
    expect(run.phaseTask('1', 3).status).toBe('completed');
  });

  it('of a plan leaves out the phase; phases after it wait for those before it', () => {
    const run = new SimulatedRun({ phases: 3 });
    run.until(() => run.task('plan-phase-1').status === 'in_progress');
    run.accept({ kind: 'skip', taskId: run.task('plan-phase-2').id, reason });
    const statuses = ['plan', 'execute', 'review'].map((kind) => run.task(`${kind}-phase-2`).status);
    expect(statuses).toEqual(['skipped', 'skipped', 'skipped']);
    expect(run.task('plan-phase-3').status).toBe('pending');
    run.until(() => run.task('plan-phase-3').status === 'in_progress');
    expect(run.task('review-phase-1').status).toBe('completed');
    expect(run.toRest().status).toBe('complete');
  });

  it('of the next phase keeps the one after it waiting for a remediation, too', () => {
    const run = new SimulatedRun({
      phases: 3,
      script: {
        reviewer: (turn) => (turn.phase === '1' ? findsGaps(turn, ['a gap']) : undefined),
      },
    });
    run.accept({ kind: 'skip', taskId: run.task('plan-phase-2').id, reason });
    run.until(() => run.task('plan-phase-3').status === 'in_progress');
    expect(run.task('review-phase-1.5').status).toBe('completed');
    expect(run.toRest().status).toBe('complete');
  });

  it('of an execution leaves out its plan and its tasks; what there is gets reviewed', () => {
    const run = new SimulatedRun({ phases: 2 });
    run.until(() => run.queued('create-branch').length === 1);
    run.accept({ kind: 'skip', taskId: run.task('execute-phase-1').id, reason });
    expect(run.task('plan-phase-1').status).toBe('skipped');
    run.toRest();
    expect(run.attempts('review-phase-1').length).toBe(1);
    expect(run.status).toBe('complete');
  });

  it('of an execution at work is possible when all of it stands still', () => {
    const run = new SimulatedRun({ plans: { 1: [{}, {}] } });
    run.until(() => run.eventsOf('merge.completed').length === 1);
    run.accept({ kind: 'pause', now: true });
    run.toRest();
    run.accept({ kind: 'skip', taskId: run.task('execute-phase-1').id, reason });
    const statuses = [1, 2].map((number) => run.phaseTask('1', number).status).toSorted();
    expect(statuses).toEqual(['completed', 'skipped']);
    expect(run.state.phases[0]).toMatchObject({ endCommit: run.state.tip });
    run.accept({ kind: 'resume' });
    expect(run.toRest().status).toBe('complete');
  });

  it('of an execution that never began gives its phase an empty range', () => {
    const run = new SimulatedRun();
    run.untilRunning('plan-phase-1');
    run.accept({ kind: 'pause', now: true });
    run.toRest();
    run.accept({ kind: 'skip', taskId: run.task('execute-phase-1').id, reason });
    expect(run.state.phases[0]).toMatchObject({
      startCommit: run.state.tip,
      endCommit: run.state.tip,
    });
  });

  it('of a remediation waives the findings it was for', () => {
    const run = new SimulatedRun({
      script: {
        reviewer: (turn) => findsGaps(turn, ['a gap']),
        planner: ({ phase }) => (phase === '1.5' ? fails('authentication') : undefined),
      },
    }).toRest();
    run.accept({ kind: 'skip', taskId: run.task('plan-phase-1.5').id, reason });
    expect(run.state.findings['r1-f1']).toMatchObject({
      status: 'waived',
      closedBecause: 'plan-phase-1.5 was skipped: not needed',
    });
    expect(run.toRest().status).toBe('complete');
  });

  it('takes back a gate and a back-off', () => {
    const asking = new SimulatedRun({ policy: { gates: { plan: true, review: false } } }).toRest();
    asking.accept({ kind: 'skip', taskId: asking.task('plan-phase-1').id, reason });
    expect(asking.state.gates['r1-g1']?.status).toBe('withdrawn');
    expect(asking.refusal({ kind: 'approve', gateId: 'r1-g1', comment: null })).toBe('gate_answered');
    expect(asking.toRest().status).toBe('complete');

    const waiting = new SimulatedRun({ script: { validator: () => fails('crash') } });
    waiting.until(() => waiting.timers.size === 1);
    waiting.accept({ kind: 'skip', taskId: waiting.task('validate-design').id, reason });
    expect(waiting.timers.size).toBe(0);
    expect(waiting.toRest().status).toBe('complete');
  });
});

describe('a gate', () => {
  it('is answered once, and must be there', () => {
    const run = new SimulatedRun({ policy: { gates: { plan: true, review: false } } }).toRest();
    expect(run.refusal({ kind: 'approve', gateId: 'r1-g9', comment: null })).toBe('no_such_gate');
    run.accept({ kind: 'approve', gateId: 'r1-g1', comment: null });
    expect(run.refusal({ kind: 'reject', gateId: 'r1-g1', comment: 'No.' })).toBe('gate_answered');
  });

  it('may be answered while the run is paused, and has its effect with the resuming', () => {
    const run = new SimulatedRun({ policy: { gates: { plan: true, review: false } } }).toRest();
    run.accept({ kind: 'pause', now: false });
    run.accept({ kind: 'approve', gateId: 'r1-g1', comment: null });
    run.toRest();
    expect(run.task('execute-phase-1').status).toBe('ready');
    expect(run.phaseTask('1', 1).status).toBe('pending');
    run.accept({ kind: 'resume' });
    expect(run.toRest().status).toBe('complete');
  });
});

describe('an agent that is silent', () => {
  it('is left alone until its host is lost (G12)', () => {
    const run = new SimulatedRun({
      script: { validator: ({ roleAttempt }) => (roleAttempt === 1 ? silent : undefined) },
    }).toRest();
    const { id, epoch } = run.attempt('validate-design');
    expect(run.status).toBe('validating');
    const warn = (frame: number, message: string): void => {
      run.accept({ kind: 'warn-attempt', attemptId: id, epoch, frame, message });
    };
    warn(3, 'no progress for 10 minutes');
    // What a daemon that was started anew hears once more.
    warn(3, 'no progress for 10 minutes');
    warn(7, 'no progress for 20 minutes');
    warn(3, 'no progress for 10 minutes');
    expect(run.attempt('validate-design').status).toBe('running');
    expect(run.eventsOf('attempt.warned').map(({ data }) => [data.frame, data.message])).toEqual([
      [3, 'no progress for 10 minutes'],
      [7, 'no progress for 20 minutes'],
    ]);
    run.accept({ kind: 'lose-attempt', attemptId: id, epoch, reason: 'its lease ended' });
    expect(run.toRest().status).toBe('complete');
  });
});
