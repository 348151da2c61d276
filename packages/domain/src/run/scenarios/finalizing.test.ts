import { describe, expect, it } from 'vitest';
import type { CheckDefinition } from '../../check/check.ts';
import type { RunPolicy } from '../../policy/policy.ts';
import type { Job, JobOutcome } from '../job.ts';
import { fails, works } from '../simulation/behaviour.test-support.ts';
import { failedJob } from '../simulation/simulated-node.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

const CHECK: CheckDefinition = {
  name: 'test',
  command: 'npm test',
  at: ['finalize'],
  timeoutMs: 1,
  failures: null,
};

function finalizing(policy: Partial<RunPolicy>, jobs?: (job: Job) => JobOutcome | undefined): SimulatedRun {
  const run = new SimulatedRun(jobs ? { policy, jobs } : { policy });
  return run.until(() => run.task('finalize').status === 'in_progress');
}

function moveBase(run: SimulatedRun): string {
  const { repository } = run.node;
  repository.base = repository.commit([repository.base], ['README.md']);
  return repository.base;
}

describe('finalizing with a question', () => {
  it('opens a gate that no approval answers, only a choice', () => {
    const run = finalizing({ finalize: 'ask' });
    expect(run.toRest().status).toBe('finalizing');
    const [gate] = Object.values(run.state.gates);
    expect(gate).toMatchObject({
      kind: 'finalize',
      question: 'All phases of mail are done. What becomes of tina/mail?',
    });
    const refused = run.send({ kind: 'approve', gateId: gate?.id ?? '', comment: null });
    expect(refused).toMatchObject({
      ok: false,
      rejection: {
        code: 'choose_ending',
        next: [
          'tina finalize r1 --merge',
          'tina finalize r1 --pr',
          'tina finalize r1 --keep',
          'tina finalize r1 --discard',
        ],
      },
    });
    run.accept({ kind: 'finalize', choice: 'merge' });
    expect(run.refusal({ kind: 'finalize', choice: 'discard' })).toBe('already_chosen');
    expect(run.toRest().state.ending?.kind).toBe('merged');
    expect(Object.values(run.state.gates)[0]).toMatchObject({ status: 'approved', comment: 'merge' });
  });

  it('cannot be answered before the phases are done', () => {
    const run = new SimulatedRun();
    expect(run.refusal({ kind: 'finalize', choice: 'keep' })).toBe('not_ready');
  });

  it.each([
    ['keep', { kind: 'kept', branch: 'tina/mail' }],
    ['discard', { kind: 'discarded', rescueRef: 'refs/tina/runs/r1' }],
    ['pr', { kind: 'pull-request', url: 'https://example.org/1', next: [] }],
  ] as const)('ends with %s as chosen', (choice, ending) => {
    const run = finalizing({ finalize: 'ask' });
    run.accept({ kind: 'finalize', choice });
    run.toRest();
    expect(run.state.ending).toEqual(ending);
    expect(run.status).toBe('complete');
    expect(run.task('finalize').result).toEqual({ kind: 'finalized', ending });
  });
});

describe('finalizing without a question', () => {
  it.each(['merge', 'pr', 'keep', 'discard'] as const)('by %s asks nobody', (finalize) => {
    const run = new SimulatedRun({ policy: { finalize } }).toRest();
    expect(run.state.gates).toEqual({});
    expect(run.status).toBe('complete');
    expect(run.task('finalize').choice).toBe(finalize);
  });

  it('lists what was done in the pull request', () => {
    const run = finalizing({ finalize: 'pr' });
    expect(run.queued('open-pull-request')).toMatchObject([
      { title: 'mail', body: 'Run r1 carried out the design of mail.\n\n- phase 1: Do part 1\n' },
    ]);
  });
});

describe('merging into the base', () => {
  it('brings in the base first, runs the checks on the result, and then moves the base', () => {
    const run = new SimulatedRun({ policy: { checks: [CHECK] } });
    run.until(() => run.task('finalize').step === 'integrate');
    const base = moveBase(run);
    run.until(() => run.queued('land').length === 1);
    const { tip } = run.state;
    expect(run.node.repository.contains(tip ?? '', base)).toBe(true);
    expect(run.task('finalize').checksCommit).toBeNull();
    expect(run.eventsOf('checks.recorded').at(-1)?.data.commit).toBe(tip);
    expect(run.queued('land')).toMatchObject([{ expectedBase: base, tip }]);
    expect(run.toRest().status).toBe('complete');
  });

  it('starts over when the base moved meanwhile', () => {
    const run = new SimulatedRun();
    run.until(() => run.queued('land').length === 1);
    const base = moveBase(run);
    run.toRest();
    expect(run.eventsOf('landing.deferred').map((event) => event.data.baseCommit)).toEqual([base]);
    expect(run.eventsOf('integration.completed').length).toBe(2);
    expect(run.state.ending).toMatchObject({ kind: 'merged', commit: run.node.repository.base });
    expect(run.node.repository.contains(run.node.repository.base, base)).toBe(true);
  });

  it('G20 is tried again from where the base stood, when the base has moved and the checkout has not', () => {
    let isInterrupted = true;
    const run = finalizing({ finalize: 'merge' }, (job) => {
      if (job.kind !== 'land' || !isInterrupted) return undefined;
      isInterrupted = false;
      run.node.repository.base = job.tip;
      return failedJob('git_failed');
    });
    const from = run.node.repository.base;
    run.until(() => run.status === 'blocked');
    run.accept({ kind: 'retry', taskId: run.task('finalize').id });
    run.until(() => run.queued('land').length === 1);
    expect(run.queued('land')).toMatchObject([{ expectedBase: from, tip: run.state.tip }]);
    expect(run.toRest().state.ending?.kind).toBe('merged');
  });

  it('lands after forty-nine other landings that came first', () => {
    let others = 49;
    const run: SimulatedRun = finalizing({}, (job) => {
      if (job.kind === 'land' && others > 0) {
        others -= 1;
        moveBase(run);
      }
      return undefined;
    });
    expect(run.toRest().status).toBe('complete');
    expect(run.eventsOf('landing.deferred')).toHaveLength(49);
  });

  it('gives up when the base keeps moving, and a retry tries anew', () => {
    let isMoving = true;
    const run: SimulatedRun = finalizing({}, (job) => {
      if (job.kind === 'land' && isMoving) moveBase(run);
      return undefined;
    });
    expect(run.toRest().task('finalize')).toMatchObject({
      landingRounds: 50,
      block: {
        code: 'base_keeps_moving',
        message:
          'main moved 50 times while the result was checked, each time before it could land. ' +
          'Retry when main is left alone for as long as the checks take.',
      },
    });
    isMoving = false;
    run.accept({ kind: 'retry', taskId: run.task('finalize').id });
    expect(run.toRest().status).toBe('complete');
  });

  it('blocks on checks that fail on the result, and runs them again with a retry', () => {
    let isFixed = false;
    const run = new SimulatedRun({
      policy: { checks: [CHECK] },
      checks: (_, at) => (at === 'baseline' || isFixed ? 'passed' : 'failed'),
    }).toRest();
    const task = run.task('finalize');
    expect(task.block).toMatchObject({
      code: 'checks_failed',
      message: 'Check "test" failed with exit code 1. On the base commit it passed.',
      output: 'test failed',
      next: [`tina retry ${task.id}`, 'tina finalize r1 --keep'],
    });
    expect(run.status).toBe('blocked');
    expect(run.node.repository.base).toBe(run.state.baseCommit);
    isFixed = true;
    run.accept({ kind: 'retry', taskId: task.id });
    expect(run.toRest().status).toBe('complete');
  });

  it('says what to type when the checkout of the base is dirty, and moves nothing', () => {
    let path = '/srv/main';
    let isDirty = true;
    const run = finalizing({}, (job) =>
      job.kind === 'land' && isDirty
        ? { kind: 'land', result: { kind: 'checkout-dirty', path, files: ['a.ts', 'b.ts'] } }
        : undefined,
    ).toRest();
    expect(run.task('finalize').block).toMatchObject({
      code: 'checkout_dirty',
      message: 'The base branch is checked out in /srv/main with uncommitted changes: a.ts, b.ts.',
    });
    expect(run.task('finalize').block?.next[0]).toBe('git -C /srv/main stash --include-untracked');
    path = "/srv/it's mine";
    run.accept({ kind: 'retry', taskId: run.task('finalize').id });
    run.toRest();
    expect(run.task('finalize').block?.next[0]).toBe(
      String.raw`git -C '/srv/it'\''s mine' stash --include-untracked`,
    );
    isDirty = false;
    run.accept({ kind: 'retry', taskId: run.task('finalize').id });
    expect(run.toRest().status).toBe('complete');
    // The base is looked at anew each time.
    expect(run.eventsOf('integration.completed').length).toBe(3);
  });

  it.each([
    ['integrate-base', 'merge'],
    ['run-checks', 'merge'],
    ['land', 'merge'],
    ['open-pull-request', 'pr'],
    ['discard-branch', 'discard'],
  ] as const)('blocks when %s fails, and begins anew with a retry', (kind, finalize) => {
    let isBroken = false;
    const run = finalizing({ checks: [CHECK], finalize }, (job) =>
      job.kind === kind && isBroken ? failedJob('git_failed') : undefined,
    );
    isBroken = true;
    expect(run.toRest().task('finalize')).toMatchObject({
      status: 'blocked',
      block: { code: 'git_failed' },
    });
    isBroken = false;
    run.accept({ kind: 'retry', taskId: run.task('finalize').id });
    expect(run.toRest().status).toBe('complete');
  });

  it('may be given up for another ending when it blocked', () => {
    const run = finalizing({}, (job) => (job.kind === 'land' ? failedJob('git_failed') : undefined)).toRest();
    run.accept({ kind: 'finalize', choice: 'keep' });
    expect(run.state.blocked).toBeNull();
    expect(run.toRest().state.ending).toEqual({ kind: 'kept', branch: 'tina/mail' });
  });
});

describe('a conflict with the base', () => {
  function conflicting(
    times: number,
    options: ConstructorParameters<typeof SimulatedRun>[0] = {},
  ): SimulatedRun {
    let left = times;
    const run: SimulatedRun = new SimulatedRun({
      ...options,
      jobs: (job) => {
        const other = options.jobs?.(job);
        if (other || job.kind !== 'integrate-base' || left === 0) return other;
        left -= 1;
        const baseCommit = moveBase(run);
        const tip = run.node.repository.branch ?? '';
        return {
          kind: 'integrate-base',
          result: { kind: 'conflict', tip, baseCommit, files: ['a.ts'] },
        };
      },
    });
    return run;
  }

  it('is the work of a resolver that begins at the tip; its commit is merged, and the base looked at again', () => {
    const run = conflicting(1);
    run.untilRunning('finalize');
    const resolver = run.attempt('finalize');
    expect(resolver).toMatchObject({
      role: 'resolver',
      startCommit: run.state.tip,
      mergeCommit: run.node.repository.base,
    });
    run.toRest();
    expect(run.eventsOf('merge.requested').at(-1)?.data).toMatchObject({
      commit: run.attempt('finalize').endCommit,
      startCommit: resolver.mergeCommit,
      scope: ['a.ts', 'a.ts/'],
    });
    expect(run.eventsOf('integration.completed').length).toBe(1);
    expect(run.status).toBe('complete');
  });

  it('lets its resolver change what the conflict was about, and nothing else (G16, G21)', () => {
    const run = conflicting(1, {
      script: {
        resolver: ({ turn }) => works({ changedFiles: turn === 1 ? ['a.ts', 'evil.sh'] : ['a.ts'] }),
      },
    });
    run.until(() => run.queued('start-agent').some((job) => 'role' in job && job.role === 'resolver'));
    expect(run.queued('start-agent')).toMatchObject([{ scope: ['a.ts', 'a.ts/'] }]);
    run.untilRunning('finalize');
    const { startCommit, mergeCommit } = run.attempt('finalize');
    run.until(() => run.queued('collect-evidence').length === 1);
    expect(run.queued('collect-evidence')).toMatchObject([
      { changesSince: mergeCommit, mergedWith: startCommit },
    ]);
    run.until(() => run.eventsOf('attempt.returned').length === 1);
    expect(run.eventsOf('attempt.returned')[0]?.data.message).toContain(
      "outside the task's scope (a.ts, a.ts/): evil.sh.",
    );
    run.until(() => run.queued('merge').some((job) => job.taskId === run.task('finalize').id));
    expect(run.queued('merge')).toMatchObject([{ startCommit: mergeCommit, mergedWith: startCommit }]);
    expect(run.toRest().status).toBe('complete');
  });

  it('blocks when the merge finds a file that the conflict was not about (G21)', () => {
    const run = conflicting(1, {
      jobs: (job) =>
        job.kind === 'merge' && job.mergedWith !== null
          ? { kind: 'merge', result: { kind: 'out-of-scope', files: ['evil.sh'] } }
          : undefined,
    }).toRest();
    expect(run.task('finalize').block?.code).toBe('out_of_scope');
    expect(run.node.repository.base).not.toBe(run.state.tip);
  });

  it('is left after three resolvers, and looked for anew with a retry', () => {
    const run = conflicting(4).toRest();
    expect(run.task('finalize').block?.code).toBe('conflict_limit');
    run.accept({ kind: 'retry', taskId: run.task('finalize').id });
    expect(run.toRest().status).toBe('complete');
  });

  it('takes up at the base when the resolver blocked', () => {
    const run = conflicting(1, { script: { resolver: () => fails('authentication') } }).toRest();
    expect(run.task('finalize')).toMatchObject({
      step: 'resolve',
      block: { code: 'authentication' },
    });
    run.accept({ kind: 'retry', taskId: run.task('finalize').id });
    expect(run.task('finalize').step).toBe('integrate');
    expect(run.toRest().status).toBe('complete');
  });

  it('blocks when someone else moves the branch meanwhile', () => {
    let isMoved = true;
    const run: SimulatedRun = conflicting(1, {
      jobs: (job) =>
        job.kind === 'merge' && job.mergedWith !== null && isMoved
          ? {
              kind: 'merge',
              result: { kind: 'conflict', tip: run.node.repository.branch ?? '', files: ['a.ts'] },
            }
          : undefined,
    });
    run.toRest();
    expect(run.task('finalize').block?.code).toBe('branch_moved');
    isMoved = false;
    run.accept({ kind: 'retry', taskId: run.task('finalize').id });
    expect(run.toRest().status).toBe('complete');
  });
});
