import { describe, expect, it } from 'vitest';
import { fails, findsGaps, type Script } from '../simulation/behaviour.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

const rolesOf = (run: SimulatedRun): readonly string[] =>
  run.attempts('phase-1-task-1').map((attempt) => attempt.role);

function runWith(review: string, script: Script): SimulatedRun {
  return new SimulatedRun({ plans: { 1: [{ review }] }, script });
}

describe('the review of a task', () => {
  it('sends its gaps back to the task, whose work goes on from where it was', () => {
    const run = runWith('spec+quality', {
      'spec-reviewer': (turn) =>
        turn.roleAttempt === 1 ? findsGaps(turn, ['not as the plan says']) : undefined,
    }).toRest();
    expect(rolesOf(run)).toEqual([
      'implementer',
      'spec-reviewer',
      'implementer',
      'spec-reviewer',
      'quality-reviewer',
    ]);
    const [first, , second] = run.attempts('phase-1-task-1');
    expect(second?.startCommit).toBe(first?.endCommit);
    expect(run.phaseTask('1', 1)).toMatchObject({
      reviewRounds: 1,
      startCommit: first?.startCommit,
      workCommit: second?.endCommit,
    });
    expect(Object.values(run.state.findings)).toMatchObject([
      {
        taskId: run.phaseTask('1', 1).id,
        phase: '1',
        source: 'spec-review',
        status: 'closed',
      },
    ]);
    expect(run.status).toBe('complete');
  });

  it('for quality judges its own findings, after the spec was looked at again', () => {
    const run = runWith('spec+quality', {
      'quality-reviewer': (turn) => {
        if (turn.roleAttempt === 1) return findsGaps(turn, ['ugly']);
        expect(turn.open).toEqual(['r1-f1']);
        return undefined;
      },
      'spec-reviewer': (turn) => {
        expect(turn.open).toEqual([]);
        return undefined;
      },
    }).toRest();
    expect(rolesOf(run)).toEqual([
      'implementer',
      'spec-reviewer',
      'quality-reviewer',
      'implementer',
      'spec-reviewer',
      'quality-reviewer',
    ]);
    expect(run.state.findings['r1-f1']).toMatchObject({
      source: 'quality-review',
      status: 'closed',
    });
  });

  it('sends gaps back three times at most, then the task blocks; a retry begins with its work', () => {
    let isGood = false;
    const run = runWith('quality', {
      'quality-reviewer': (turn) => (isGood ? undefined : findsGaps(turn, ['ugly'])),
    }).toRest();
    const task = run.phaseTask('1', 1);
    expect(rolesOf(run).filter((role) => role === 'implementer').length).toBe(4);
    expect(task.block).toMatchObject({
      code: 'review_limit',
      message: 'phase-1-task-1 still has gaps after 3 rounds of review.',
    });
    expect(run.status).toBe('blocked');
    isGood = true;
    run.accept({ kind: 'retry', taskId: task.id });
    expect(run.phaseTask('1', 1)).toMatchObject({ step: 'implement', reviewRounds: 0 });
    run.toRest();
    expect(run.attempts('phase-1-task-1').findLast(({ role }) => role === 'implementer')?.startCommit).toBe(
      task.workCommit,
    );
    expect(run.status).toBe('complete');
  });

  it('at the limit may be skipped with its task, whose findings are waived', () => {
    const run = runWith('spec', { 'spec-reviewer': (turn) => findsGaps(turn, ['wrong']) }).toRest();
    run.accept({ kind: 'skip', taskId: run.phaseTask('1', 1).id, reason: 'not needed' });
    expect(Object.values(run.state.findings).every((finding) => finding.status === 'waived')).toBe(true);
    expect(run.toRest().status).toBe('complete');
  });

  it('that cannot be had blocks at the review, and takes up there again', () => {
    let isGood = false;
    const run = runWith('spec', {
      'spec-reviewer': () => (isGood ? undefined : fails('crash')),
    }).toRest();
    expect(run.phaseTask('1', 1)).toMatchObject({ status: 'blocked', step: 'spec-review' });
    isGood = true;
    run.accept({ kind: 'retry', taskId: run.phaseTask('1', 1).id });
    run.toRest();
    expect(rolesOf(run).filter((role) => role === 'implementer').length).toBe(1);
    expect(run.status).toBe('complete');
  });
});

describe('a blocked task', () => {
  it('blocks its dependants alone', () => {
    const run = new SimulatedRun({
      plans: { 1: [{}, { dependsOn: [1] }, {}, { dependsOn: [3] }] },
      script: { implementer: ({ task }) => (task.spec?.number === 1 ? fails('authentication') : undefined) },
    }).toRest();
    const statuses = [1, 2, 3, 4].map((number) => run.phaseTask('1', number).status);
    expect(statuses).toEqual(['blocked', 'pending', 'completed', 'completed']);
    expect(run.state.blocked).toMatchObject([{ taskId: run.phaseTask('1', 1).id, code: 'authentication' }]);
    expect(run.status).toBe('blocked');
  });

  it('lets the run go on until nothing else can, and names all that blocked', () => {
    const run = new SimulatedRun({
      plans: { 1: [{}, {}, {}] },
      script: { implementer: ({ task }) => (task.spec?.number === 2 ? undefined : fails('authentication')) },
    });
    run.until(() => run.eventsOf('task.blocked').length === 1);
    expect(run.state.blocked).toBeNull();
    expect(run.status).toBe('executing');
    run.toRest();
    expect(run.state.blocked?.map((each) => each.taskId)).toEqual([
      run.phaseTask('1', 1).id,
      run.phaseTask('1', 3).id,
    ]);
  });
});
