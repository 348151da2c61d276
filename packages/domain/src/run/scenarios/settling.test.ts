import { describe, expect, it } from 'vitest';
import type { Job, JobOutcome } from '../job.ts';
import { fails, type Script } from '../simulation/behaviour.test-support.ts';
import { failedJob } from '../simulation/simulated-node.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

const TASK = 'phase-1-task-1';

/** A run in which the settling of implementers fails as long as `isBroken`. */
function unsettling(options: ConstructorParameters<typeof SimulatedRun>[0] = {}): {
  readonly run: SimulatedRun;
  readonly mend: () => void;
} {
  let isBroken = true;
  const run: SimulatedRun = new SimulatedRun({
    ...options,
    jobs: (job: Job): JobOutcome | undefined =>
      job.kind === 'settle-attempt' && job.taskId === run.attempts(TASK)[0]?.taskId && isBroken
        ? failedJob('disk_full')
        : undefined,
  });
  return { run, mend: () => (isBroken = false) };
}

describe('an attempt that cannot be settled (G22)', () => {
  it('blocks its task, and keeps its slot as it is', () => {
    const { run } = unsettling();
    run.toRest();
    const [attempt] = run.attempts(TASK);
    expect(attempt).toMatchObject({ settled: false, settleProblem: { code: 'disk_full' } });
    expect(run.phaseTask('1', 1).block).toMatchObject({
      code: 'settling_failed',
      message: `Attempt ${attempt?.id} could not be cleared away: it was disk_full`,
      output: 'the output',
    });
    expect(run.status).toBe('blocked');
  });

  it('is settled with a retry, and its work is used and not done again', () => {
    const { run, mend } = unsettling();
    run.toRest();
    mend();
    run.accept({ kind: 'retry', taskId: run.phaseTask('1', 1).id });
    expect(run.phaseTask('1', 1)).toMatchObject({
      status: 'in_progress',
      step: 'implement',
      waitsFor: { kind: 'attempt', attemptId: run.attempt(TASK).id },
    });
    run.toRest();
    expect(run.attempts(TASK).length).toBe(1);
    expect(run.status).toBe('complete');
  });

  it('blocks again when the retry does not help either', () => {
    const { run, mend } = unsettling();
    run.toRest();
    run.accept({ kind: 'retry', taskId: run.phaseTask('1', 1).id });
    expect(run.toRest().status).toBe('blocked');
    expect(run.eventsOf('settling.failed').length).toBe(2);
    mend();
    run.accept({ kind: 'retry', taskId: run.phaseTask('1', 1).id });
    expect(run.toRest().status).toBe('complete');
  });

  it('had its fate before: a failed one is tried again after the retry', () => {
    const script: Script = {
      implementer: ({ roleAttempt }) => (roleAttempt === 1 ? fails('crash') : undefined),
    };
    const { run, mend } = unsettling({ script });
    run.toRest();
    mend();
    run.accept({ kind: 'retry', taskId: run.phaseTask('1', 1).id });
    run.toRest();
    expect(run.attempts(TASK).map((attempt) => attempt.status)).toEqual(['failed', 'succeeded']);
    expect(run.phaseTask('1', 1).retries.failure).toBe(0);
    expect(run.status).toBe('complete');
  });

  it('leaves its place, though not its slot, to other work', () => {
    const { run } = unsettling({ plans: { 1: [{}, {}] }, policy: { parallelAgents: 1 } });
    run.toRest();
    expect(run.phaseTask('1', 2).status).toBe('completed');
    expect(run.attempt('phase-1-task-2').slot).not.toBe(run.attempt(TASK).slot);
  });

  it('of a task that is skipped stays where it is, also after the end', () => {
    const { run } = unsettling({ plans: { 1: [{}, {}] } });
    run.toRest();
    run.accept({ kind: 'skip', taskId: run.phaseTask('1', 1).id, reason: 'not needed' });
    run.toRest();
    const { slot } = run.attempt(TASK);
    expect(run.status).toBe('complete');
    expect(run.eventsOf('slots.removal_requested')[0]?.data.slots).not.toContain(slot);
    expect(run.state.slots).toEqual([slot]);
    expect(run.state.slotsRemoval).toBe('done');
  });

  it('does not keep a run from being cancelled', () => {
    const { run } = unsettling();
    run.untilRunning(TASK);
    run.accept({ kind: 'cancel', reason: null });
    expect(run.state.control).toBe('cancelling');
    run.toRest();
    expect(run.state).toMatchObject({ control: 'ended', ending: { kind: 'cancelled' } });
    expect(run.state.slots).toEqual([run.attempt(TASK).slot]);
    expect(run.state.slotsRemoval).toBe('none');
  });

  it('of a finalize that ends in another way is tried once more, and holds nothing up', () => {
    let isBroken = true;
    const run: SimulatedRun = new SimulatedRun({
      jobs: (job) => {
        if (job.kind === 'integrate-base' && run.attempts('finalize').length === 0) {
          const tip = run.node.repository.branch ?? '';
          const baseCommit = run.node.repository.base;
          const files = ['a.ts'];
          return {
            kind: 'integrate-base',
            result: { kind: 'conflict', tip, baseCommit, files },
          };
        }
        const isResolver = job.kind === 'settle-attempt' && job.taskId === run.task('finalize').id;
        return isResolver && isBroken ? failedJob('disk_full') : undefined;
      },
    });
    run.toRest();
    expect(run.task('finalize').block?.code).toBe('settling_failed');
    isBroken = false;
    run.accept({ kind: 'finalize', choice: 'keep' });
    run.toRest();
    expect(run.state.ending?.kind).toBe('kept');
    expect(run.attempt('finalize').settled).toBe(true);
    expect(run.state.slots).toEqual([]);
  });

  it('of a finalize that ends in another way blocks it only when an attempt is needed', () => {
    let conflicts = 1;
    let isBroken = true;
    const run: SimulatedRun = new SimulatedRun({
      jobs: (job) => {
        if (job.kind === 'integrate-base' && conflicts > 0) {
          const tip = run.node.repository.branch ?? '';
          const baseCommit = run.node.repository.base;
          return {
            kind: 'integrate-base',
            result: { kind: 'conflict', tip, baseCommit, files: ['a.ts'] },
          };
        }
        const isResolver = job.kind === 'settle-attempt' && job.taskId === run.task('finalize').id;
        return isResolver && isBroken ? failedJob('disk_full') : undefined;
      },
    });
    run.toRest();
    run.accept({ kind: 'finalize', choice: 'merge' });
    run.toRest();
    expect(run.task('finalize')).toMatchObject({
      step: 'integrate',
      block: { code: 'settling_failed' },
    });
    run.accept({ kind: 'retry', taskId: run.task('finalize').id });
    run.toRest();
    expect(run.task('finalize').block?.code).toBe('settling_failed');
    isBroken = false;
    conflicts = 0;
    run.accept({ kind: 'retry', taskId: run.task('finalize').id });
    run.toRest();
    expect(run.status).toBe('complete');
    expect(run.attempts('finalize').every((attempt) => attempt.settled)).toBe(true);
  });
});

describe('a finalize that goes on without an attempt that is still being settled', () => {
  it('waits for it before it begins another', () => {
    let isBroken = true;
    const run: SimulatedRun = new SimulatedRun({
      jobs: (job) => {
        if (job.kind === 'integrate-base') {
          const tip = run.node.repository.branch ?? '';
          const baseCommit = run.node.repository.base;
          return {
            kind: 'integrate-base',
            result: { kind: 'conflict', tip, baseCommit, files: ['a.ts'] },
          };
        }
        const isResolver = job.kind === 'settle-attempt' && job.taskId === run.task('finalize').id;
        return isResolver && isBroken ? failedJob('disk_full') : undefined;
      },
    });
    run.toRest();
    isBroken = false;
    run.accept({ kind: 'finalize', choice: 'merge' });
    run.complete(run.job('integrate-base'));
    expect(run.task('finalize')).toMatchObject({ step: 'resolve', waitsFor: null });
    expect(run.attempts('finalize').length).toBe(1);
    run.complete(run.job('settle-attempt'));
    expect(run.attempts('finalize').length).toBe(2);
  });
});

describe('a finalize that ends while an attempt of it cannot be settled', () => {
  it('is complete: what was done is done (G05)', () => {
    const run: SimulatedRun = new SimulatedRun({
      jobs: (job) => {
        if (job.kind === 'integrate-base') {
          const tip = run.node.repository.branch ?? '';
          const baseCommit = run.node.repository.base;
          return {
            kind: 'integrate-base',
            result: { kind: 'conflict', tip, baseCommit, files: ['a.ts'] },
          };
        }
        const isResolver = job.kind === 'settle-attempt' && job.taskId === run.task('finalize').id;
        return isResolver ? failedJob('disk_full') : undefined;
      },
    });
    run.toRest();
    run.accept({ kind: 'finalize', choice: 'pr' });
    run.complete(run.job('settle-attempt'));
    expect(run.task('finalize').waitsFor?.kind).toBe('job');
    expect(run.toRest().status).toBe('complete');
    expect(run.state.ending?.kind).toBe('pull-request');
    expect(run.eventsOf('task.blocked').length).toBe(1);
  });
});

describe('the worktrees of an ended run', () => {
  it('that cannot be removed are said to be left', () => {
    const run = new SimulatedRun({
      jobs: (job) => (job.kind === 'remove-slots' ? failedJob('busy') : undefined),
    }).toRest();
    expect(run.status).toBe('complete');
    expect(run.state).toMatchObject({ slotsRemoval: 'failed', slots: [1] });
  });

  it('are removed once', () => {
    const run = new SimulatedRun();
    run.until(() => run.queued('remove-slots').length === 1);
    const job = run.job('remove-slots');
    run.toRest();
    expect(run.refusal({ kind: 'complete-job', job, outcome: { kind: 'remove-slots' } })).toBe('stale_job');
  });
});
