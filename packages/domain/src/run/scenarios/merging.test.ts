import { describe, expect, it } from 'vitest';
import type { JobOutcome } from '../job.ts';
import { type Behaviour, fails, works } from '../simulation/behaviour.test-support.ts';
import { failedJob } from '../simulation/simulated-node.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

const TASK = 'phase-1-task-1';

/** A run whose first merges conflict with what stands on the branch. */
function conflicting(
  times: number,
  options: ConstructorParameters<typeof SimulatedRun>[0] = {},
): SimulatedRun {
  let left = times;
  const run: SimulatedRun = new SimulatedRun({
    ...options,
    jobs: (job): JobOutcome | undefined => {
      if (job.kind !== 'merge' || left === 0) return undefined;
      left -= 1;
      const { repository } = run.node;
      // Someone else's work came in between.
      repository.branch = repository.commit([repository.branch ?? ''], ['src/other.ts']);
      return {
        kind: 'merge',
        result: { kind: 'conflict', tip: repository.branch, files: ['src/other.ts'] },
      };
    },
  });
  return run;
}

describe('merging', () => {
  it('is one at a time, dependencies first, then by age (G20)', () => {
    const run = new SimulatedRun({
      plans: { 1: [{}, {}, { dependsOn: [1] }] },
      policy: { parallelAgents: 3 },
    });
    const merging = new Set<number>();
    while (run.step()) merging.add(run.queued('merge').length);
    expect(Math.max(...merging)).toBe(1);
    const order = run
      .eventsOf('merge.requested')
      .map((event) => run.state.tasks[event.data.taskId]?.spec?.number);
    expect(order).toEqual([1, 2, 3]);
  });

  it('waits for an older task that is ready too, whichever ended first', () => {
    const run = new SimulatedRun({ plans: { 1: [{}, {}, {}] } });
    run.until(() => run.node.hosts.size === 3 && run.queue.size === 0);
    run.accept({ kind: 'pause', now: false });
    for (const number of [3, 2, 1]) {
      run.playTurn(run.attempt(`phase-1-task-${number}`).id);
      while (run.queue.size > 0) run.step();
    }
    expect(run.queued('merge')).toEqual([]);
    expect([1, 2, 3].map((number) => run.phaseTask('1', number).step)).toEqual(['merge', 'merge', 'merge']);
    run.accept({ kind: 'resume' });
    run.toRest();
    const order = run
      .eventsOf('merge.requested')
      .map((event) => run.state.tasks[event.data.taskId]?.spec?.number);
    expect(order).toEqual([1, 2, 3]);
  });

  it('waits for a younger task whose merge is under way', () => {
    const run = new SimulatedRun({ plans: { 1: [{}, {}] } });
    run.until(() => run.node.hosts.size === 2 && run.queue.size === 0);
    const play = (number: number): void => {
      run.playTurn(run.attempt(`phase-1-task-${number}`).id);
      run.complete(run.job('collect-evidence'));
      run.complete(run.job('settle-attempt'));
    };
    play(2);
    play(1);
    expect(run.queued('merge').map((job) => job.taskId)).toEqual([run.phaseTask('1', 2).id]);
    expect(run.phaseTask('1', 1)).toMatchObject({ step: 'merge', waitsFor: null });
    expect(run.toRest().status).toBe('complete');
  });

  it('of a conflict is the work of a resolver, with both sides, and then merged', () => {
    const run = conflicting(1);
    run.until(() => run.queued('start-agent').some((job) => 'role' in job && job.role === 'resolver'));
    expect(run.queued('start-agent')).toMatchObject([
      { scope: ['src/1/1.ts', 'src/other.ts', 'src/other.ts/'] },
    ]);
    run.untilRunning(TASK, 2);
    const task = run.phaseTask('1', 1);
    expect(task).toMatchObject({ step: 'resolve', conflict: { files: ['src/other.ts'] } });
    const resolver = run.attempt(TASK);
    expect(resolver).toMatchObject({
      role: 'resolver',
      startCommit: task.workCommit,
      mergeCommit: run.node.repository.branch,
    });
    run.until(() => run.queued('collect-evidence').length === 1);
    expect(run.queued('collect-evidence')).toMatchObject([
      { mustContain: [task.workCommit, task.conflict?.with], changesSince: task.conflict?.with },
    ]);
    run.toRest();
    const merges = run.eventsOf('merge.requested').map((event) => event.data);
    // The scope is held against what the task adds to the other side (G21).
    expect(merges[1]).toMatchObject({
      startCommit: task.conflict?.with,
      scope: ['src/1/1.ts', 'src/other.ts', 'src/other.ts/'],
    });
    expect(run.phaseTask('1', 1)).toMatchObject({
      status: 'completed',
      conflict: null,
      conflictRounds: 1,
    });
    expect(run.status).toBe('complete');
  });

  it('does not take a resolution that lacks one side (G16)', () => {
    const run = conflicting(1, {
      script: {
        resolver: ({ turn }) =>
          turn === 1
            ? {
                kind: 'ends',
                outcome: {
                  kind: 'completed',
                  report: { kind: 'work', summary: '' },
                  finalMessage: '',
                  usage: null,
                },
                evidence: { containsRequired: false },
              }
            : undefined,
      },
    }).toRest();
    expect(run.eventsOf('attempt.returned')[0]?.data.message).toContain('both sides must be ancestors');
    expect(run.status).toBe('complete');
  });

  it('lets a resolver change what the conflict was about, and nothing else (G21)', () => {
    const changing = (changedFiles: readonly string[]): Behaviour => works({ changedFiles });
    const run = conflicting(1, {
      script: {
        resolver: ({ turn }) =>
          changing(['src/1/1.ts', turn === 1 ? 'src/another.ts' : 'src/other.ts/all.ts']),
      },
    });
    run.until(() => run.eventsOf('attempt.returned').length === 1);
    expect(run.eventsOf('attempt.returned')[0]?.data.message).toContain(
      "outside the task's scope (src/1/1.ts, src/other.ts, src/other.ts/): src/another.ts.",
    );
    expect(run.toRest().status).toBe('complete');
    expect(run.attempts(TASK).filter((attempt) => attempt.role === 'resolver')).toMatchObject([
      { status: 'succeeded', turn: 2 },
    ]);
  });

  it('after a second conflict still lets in what the first one was about', () => {
    const run = conflicting(2).toRest();
    expect(run.eventsOf('merge.requested').at(-1)?.data.scope).toEqual([
      'src/1/1.ts',
      'src/other.ts',
      'src/other.ts/',
    ]);
    expect(run.phaseTask('1', 1)).toMatchObject({ status: 'completed', resolvedFiles: ['src/other.ts'] });
  });

  it('gives up after three resolvers; a retry looks for the conflict anew', () => {
    const run = conflicting(4).toRest();
    const task = run.phaseTask('1', 1);
    expect(task.block).toMatchObject({
      code: 'conflict_limit',
      message: '3 resolvers could not bring both sides together: src/other.ts.',
    });
    expect(run.attempts(TASK).filter((attempt) => attempt.role === 'resolver').length).toBe(3);
    run.accept({ kind: 'retry', taskId: task.id });
    expect(run.phaseTask('1', 1)).toMatchObject({
      step: 'merge',
      conflict: null,
      conflictRounds: 0,
    });
    expect(run.toRest().status).toBe('complete');
  });

  it('takes up at the merge when the resolver itself blocked', () => {
    const run = conflicting(1, { script: { resolver: () => fails('authentication') } }).toRest();
    expect(run.phaseTask('1', 1)).toMatchObject({ status: 'blocked', step: 'resolve' });
    run.accept({ kind: 'retry', taskId: run.phaseTask('1', 1).id });
    expect(run.phaseTask('1', 1).step).toBe('merge');
    expect(run.toRest().status).toBe('complete');
  });

  it('refuses what is outside the scope (G21); a retry begins afresh from the tip', () => {
    let isRefused = true;
    const run = new SimulatedRun({
      jobs: (job) =>
        job.kind === 'merge' && isRefused
          ? { kind: 'merge', result: { kind: 'out-of-scope', files: ['README.md'] } }
          : undefined,
    }).toRest();
    const task = run.phaseTask('1', 1);
    expect(task.block).toMatchObject({
      code: 'out_of_scope',
      message: "Files outside the task's scope were changed: README.md.",
    });
    isRefused = false;
    run.accept({ kind: 'retry', taskId: task.id });
    expect(run.phaseTask('1', 1).workCommit).toBeNull();
    run.until(() => run.attempts(TASK).length === 2);
    expect(run.attempt(TASK)).toMatchObject({ role: 'implementer', startCommit: run.state.tip });
    expect(run.toRest().status).toBe('complete');
  });

  it('that fails blocks the task, and takes up at the merge', () => {
    let isBroken = true;
    const run = new SimulatedRun({
      jobs: (job) => (job.kind === 'merge' && isBroken ? failedJob('git_failed') : undefined),
    }).toRest();
    expect(run.phaseTask('1', 1)).toMatchObject({ step: 'merge', block: { code: 'git_failed' } });
    isBroken = false;
    run.accept({ kind: 'retry', taskId: run.phaseTask('1', 1).id });
    run.toRest();
    expect(run.attempts(TASK).length).toBe(1);
    expect(run.status).toBe('complete');
  });

  it('does not hold back other tasks while one is blocked at it', () => {
    let isFirst = true;
    const run = new SimulatedRun({
      plans: { 1: [{}, {}] },
      jobs: (job) => {
        const isHit = job.kind === 'merge' && isFirst;
        if (isHit) isFirst = false;
        return isHit ? failedJob('git_failed') : undefined;
      },
    }).toRest();
    expect([1, 2].map((number) => run.phaseTask('1', number).status)).toEqual(['blocked', 'completed']);
  });

  it('is found done when it is done again', () => {
    const run = new SimulatedRun();
    run.until(() => run.queued('merge').length === 1);
    run.perform(run.job('merge'));
    run.toRest();
    expect(run.eventsOf('merge.completed').map((event) => event.data.how)).toEqual(['already-merged']);
    expect(run.status).toBe('complete');
  });
});
