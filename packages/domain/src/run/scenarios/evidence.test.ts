import { describe, expect, it } from 'vitest';
import type { CheckDefinition } from '../../check/check.ts';
import { completedTurn, failedTurn, fails, reports, works } from '../simulation/behaviour.test-support.ts';
import { failedJob } from '../simulation/simulated-node.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

const CHECK: CheckDefinition = {
  name: 'test',
  command: 'npm test',
  at: ['task'],
  timeoutMs: 1,
  failures: null,
};

describe('done needs evidence (G16)', () => {
  it.each([
    ['no commit', { commits: [] }, 'There is no commit since you began.'],
    ['another branch', { onBranch: false }, 'HEAD must be the branch tina-attempt/'],
    ['uncommitted files', { dirtyFiles: ['src/x.ts'] }, 'These files are not committed: src/x.ts.'],
    [
      'files outside the scope',
      { changedFiles: ['README.md'] },
      "outside the task's scope (src/1/1.ts): README.md.",
    ],
    ['conflict markers', { conflictMarkers: ['src/1/1.ts'] }, 'still hold conflict markers: src/1/1.ts.'],
  ])('%s: what is missing goes back to the agent once', (_, lacks, message) => {
    const run = new SimulatedRun({
      script: { implementer: ({ turn }) => (turn === 1 ? works(lacks) : undefined) },
    });
    run.until(() => run.eventsOf('attempt.returned').length === 1);
    expect(run.eventsOf('attempt.returned')[0]?.data).toMatchObject({ reason: 'evidence', turn: 2 });
    expect(run.eventsOf('attempt.returned')[0]?.data.message).toContain(message);
    expect(run.toRest().status).toBe('complete');
    expect(run.attempts('phase-1-task-1').length).toBe(1);
  });

  it('is missing twice: the attempt fails, is tried once more after a back-off, and then blocks', () => {
    const run = new SimulatedRun({ script: { implementer: () => works({ commits: [] }) } });
    run.until(() => run.timers.size === 1);
    expect(run.attempt('phase-1-task-1')).toMatchObject({
      status: 'failed',
      failure: { kind: 'no_evidence' },
    });
    run.toRest();
    expect(run.attempts('phase-1-task-1').length).toBe(2);
    expect(run.eventsOf('attempt.returned').length).toBe(2);
    expect(run.phaseTask('1', 1)).toMatchObject({
      status: 'blocked',
      block: { code: 'retries_spent' },
      retries: { failure: 1, output: 0, lost: 0 },
    });
    expect(run.status).toBe('blocked');
  });

  it('lists ten files, and how many more', () => {
    const dirtyFiles = Array.from({ length: 12 }, (_, index) => `f${index}`);
    const run = new SimulatedRun({ script: { implementer: () => works({ dirtyFiles }) } });
    run.until(() => run.eventsOf('attempt.returned').length === 1);
    expect(run.eventsOf('attempt.returned')[0]?.data.message).toContain('f9 and 2 more. Commit');
  });

  it('is what Tina ran itself: a check that fails goes back with the end of its output', () => {
    let isFixed = false;
    const run = new SimulatedRun({
      policy: { checks: [CHECK] },
      checks: (_, at) => (at === 'baseline' || isFixed ? 'passed' : 'failed'),
      script: {
        implementer: ({ turn }) => {
          isFixed = turn === 2;
          return undefined;
        },
      },
    });
    run.until(() => run.eventsOf('attempt.returned').length === 1);
    const { message } = run.eventsOf('attempt.returned')[0]?.data ?? {};
    expect(message).toContain('- Check "test" failed with exit code 1. On the base commit it passed.');
    expect(message).toContain('The end of the output of test:\n\ntest failed');
    expect(run.toRest().status).toBe('complete');
  });

  it('does not count failures that the base commit has as well (G17)', () => {
    const run = new SimulatedRun({ policy: { checks: [CHECK] }, checks: () => 'failed' }).toRest();
    expect(run.state.baseline).toMatchObject([{ name: 'test', outcome: 'failed' }]);
    expect(run.status).toBe('complete');
  });

  it('is not given by a check that could not run', () => {
    const run = new SimulatedRun({
      policy: { checks: [CHECK] },
      checks: (_, at) => (at === 'baseline' ? 'passed' : 'could_not_run'),
    }).toRest();
    expect(run.phaseTask('1', 1)).toMatchObject({ status: 'blocked', block: { code: 'retries_spent' } });
    expect(run.phaseTask('1', 1).block?.message).toContain('could not run, so nothing is known');
  });

  it('that cannot be collected is a failure', () => {
    const run = new SimulatedRun({
      jobs: (job) => (job.kind === 'collect-evidence' ? failedJob('disk_full') : undefined),
    }).toRest();
    expect(run.attempt('phase-1-task-1').failure).toMatchObject({
      kind: 'no_evidence',
      message: 'it was disk_full',
    });
    expect(run.phaseTask('1', 1).block?.code).toBe('retries_spent');
  });

  it.each(['crash', 'timeout', 'no_progress', 'limit', 'network'] as const)(
    'counts although the agent ended by %s after its report',
    (kind) => {
      const run = new SimulatedRun({
        script: {
          implementer: () => reports({ kind: 'work', summary: 'It is done.' }, failedTurn(kind)),
        },
      }).toRest();
      expect(run.status).toBe('complete');
      expect(run.attempts('phase-1-task-1').length).toBe(1);
    },
  );

  it('does not make up for an answer that was refused after the report', () => {
    const run = new SimulatedRun({
      script: {
        implementer: () => reports({ kind: 'work', summary: 'It is done.' }, failedTurn('refusal')),
      },
    }).toRest();
    expect(run.attempt('phase-1-task-1').failure?.kind).toBe('refusal');
  });

  it('needs a report first, and a crash without one is a crash', () => {
    const run = new SimulatedRun({ script: { implementer: () => fails('crash') } }).toRest();
    expect(run.eventsOf('evidence.requested')).toEqual([]);
    expect(run.phaseTask('1', 1).status).toBe('blocked');
  });

  it('is asked for once per turn: a report while it is collected is not heard', () => {
    const run = new SimulatedRun({
      script: { implementer: () => reports({ kind: 'work', summary: 'first' }, completedTurn()) },
    });
    run.until(() => run.queued('collect-evidence').length === 1);
    const { id, epoch } = run.attempt('phase-1-task-1');
    const report = { kind: 'work', summary: 'second' } as const;
    expect(run.refusal({ kind: 'report', attemptId: id, epoch, report, document: null })).toBe(
      'not_your_turn',
    );
    expect(run.attempt('phase-1-task-1').report).toEqual({ kind: 'work', summary: 'first' });
    expect(run.toRest().status).toBe('complete');
  });
});

describe('the baseline (G17)', () => {
  it("runs the design's command and every check on the base commit before anything else", () => {
    const run = new SimulatedRun({ policy: { checks: [CHECK] }, baselineCommand: 'npm run bench' });
    expect(run.queued('run-checks')).toMatchObject([
      {
        commit: run.state.baseCommit,
        checks: [{ name: 'baseline-command', command: 'npm run bench' }, { name: 'test' }],
      },
    ]);
    run.toRest();
    expect(run.state.baseline.map((check) => check.name)).toEqual(['baseline-command', 'test']);
    expect(run.status).toBe('complete');
  });

  it('blocks when a check could not run on the base commit; a retry runs it again', () => {
    let isBroken = true;
    const run = new SimulatedRun({
      policy: { checks: [CHECK] },
      checks: () => (isBroken ? 'could_not_run' : 'passed'),
    }).toRest();
    const task = run.task('validate-design');
    expect(task.block).toMatchObject({ code: 'check_could_not_run', output: 'test could_not_run' });
    isBroken = false;
    run.accept({ kind: 'retry', taskId: task.id });
    expect(run.toRest().status).toBe('complete');
  });

  it('keeps what the design command came to, even that it could not run', () => {
    const run = new SimulatedRun({
      baselineCommand: 'npm run bench',
      checks: () => 'could_not_run',
    }).toRest();
    expect(run.status).toBe('complete');
  });

  it('blocks when the machine cannot run checks at all', () => {
    const run = new SimulatedRun({
      policy: { checks: [CHECK] },
      jobs: (job) => (job.kind === 'run-checks' ? failedJob('disk_full') : undefined),
    }).toRest();
    expect(run.task('validate-design').block).toMatchObject({
      code: 'disk_full',
      output: 'the output',
    });
    expect(run.task('validate-design').block?.next[0]).toBe('do something');
  });
});

describe('preparing the branch', () => {
  it('blocks with the output when the set-up fails, and recovers with a retry', () => {
    let isBroken = true;
    const run = new SimulatedRun({
      policy: { hasSetup: true },
      jobs: (job) => (job.kind === 'create-branch' && isBroken ? failedJob('setup_failed') : undefined),
    }).toRest();
    const task = run.task('setup-worktree');
    expect(task.block).toMatchObject({ code: 'setup_failed', output: 'the output' });
    expect(task.block?.next).toEqual(['do something', `tina retry ${task.id}`, 'tina cancel r1']);
    isBroken = false;
    run.accept({ kind: 'retry', taskId: task.id });
    expect(run.toRest().status).toBe('complete');
  });

  it('comes before anything that needs the set-up', () => {
    const run = new SimulatedRun({ policy: { hasSetup: true } });
    const needs = new Map<string, boolean>();
    do {
      for (const job of run.queue.values()) {
        if (job.kind === 'start-agent') needs.set(job.role, job.needsSetup);
      }
    } while (run.step());
    expect(Object.fromEntries(needs)).toEqual({
      validator: false,
      planner: true,
      implementer: true,
      reviewer: true,
    });
  });
});
