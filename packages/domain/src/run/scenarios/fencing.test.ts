import { describe, expect, it } from 'vitest';
import type { NodeCommand, TurnOutcome } from '../command.ts';
import type { Job } from '../job.ts';
import { fails, says, works } from '../simulation/behaviour.test-support.ts';
import { failedJob } from '../simulation/simulated-node.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

const PASS: TurnOutcome = {
  kind: 'completed',
  report: { kind: 'validation', status: 'pass', text: '' },
  finalMessage: '',
  usage: null,
};

function endTurn(attemptId: string, turn: number, outcome: TurnOutcome = PASS, epoch = 1): NodeCommand {
  return {
    kind: 'end-turn',
    attemptId,
    epoch,
    turn,
    outcome,
    document: null,
    reportedPlan: null,
  };
}

describe('what an earlier attempt says (G10, G11)', () => {
  it('is refused after it was lost, whatever it is', () => {
    const run = new SimulatedRun();
    run.untilRunning('validate-design');
    const { id } = run.attempt('validate-design');
    run.accept({ kind: 'lose-attempt', attemptId: id, epoch: 1, reason: 'its lease ended' });
    run.until(() => run.attempts('validate-design').length === 2);
    const report = { kind: 'validation', status: 'stop', text: '' } as const;
    const words: readonly NodeCommand[] = [
      endTurn(id, 1),
      { kind: 'report', attemptId: id, epoch: 1, report, document: null },
      { kind: 'warn-attempt', attemptId: id, epoch: 1, frame: 1, message: '' },
      { kind: 'lose-attempt', attemptId: id, epoch: 1, reason: '' },
      { kind: 'begin-attempt', attemptId: id, jobId: 'r1-j1', epoch: 1 },
    ];
    expect(words.map((word) => run.refusal(word))).toEqual(words.map(() => 'stale_attempt'));
    expect(run.toRest().status).toBe('complete');
  });

  it('is refused with another epoch, and for an attempt that never was', () => {
    const run = new SimulatedRun();
    run.untilRunning('validate-design');
    const { id } = run.attempt('validate-design');
    expect(run.refusal(endTurn(id, 1, PASS, 2))).toBe('stale_attempt');
    expect(run.refusal(endTurn('r1-a99', 1))).toBe('stale_attempt');
  });

  it('G10 cannot begin once more while its work is looked at, whatever job it names', () => {
    const run = new SimulatedRun();
    run.until(() => run.queued('collect-evidence').length === 1);
    const { id, epoch, jobId } = run.attempt('phase-1-task-1');
    expect(run.refusal({ kind: 'begin-attempt', attemptId: id, epoch, jobId: jobId ?? '' })).toBe(
      'stale_job',
    );
    expect(run.attempt('phase-1-task-1').status).toBe('running');
  });

  it('cannot be merged: its commits are in no decision any more', () => {
    const run = new SimulatedRun();
    run.until(() => run.queued('collect-evidence').length === 1);
    const job = run.job('collect-evidence');
    const evidence = run.perform(job);
    const { id } = run.attempt('phase-1-task-1');
    run.accept({ kind: 'lose-attempt', attemptId: id, epoch: 1, reason: 'its lease ended' });
    expect(run.refusal({ kind: 'complete-job', job, outcome: evidence })).toBe('stale_job');
    run.toRest();
    expect(run.phaseTask('1', 1).workCommit).toBe(run.attempts('phase-1-task-1')[1]?.endCommit);
  });
});

describe('the end of a turn (G03)', () => {
  it('has its effect once', () => {
    const run = new SimulatedRun();
    run.untilRunning('validate-design');
    const { id } = run.attempt('validate-design');
    run.accept(endTurn(id, 1));
    expect(run.refusal(endTurn(id, 1))).toBe('stale_attempt');
    expect(run.eventsOf('turn.ended').length).toBe(1);
  });

  it('is refused for the first turn once the second began, and for the second before', () => {
    const run = new SimulatedRun();
    run.untilRunning('validate-design');
    const { id } = run.attempt('validate-design');
    const nothing: TurnOutcome = {
      kind: 'completed',
      report: null,
      finalMessage: '',
      usage: null,
    };
    expect(run.refusal(endTurn(id, 2))).toBe('stale_turn');
    run.accept(endTurn(id, 1, nothing));
    expect(run.attempt('validate-design').turn).toBe(2);
    expect(run.refusal(endTurn(id, 1, nothing))).toBe('stale_turn');
    run.accept(endTurn(id, 2));
    expect(run.toRest().status).toBe('complete');
  });

  it('is refused while the evidence of that turn is collected', () => {
    const run = new SimulatedRun();
    run.until(() => run.queued('collect-evidence').length === 1);
    const { id } = run.attempt('phase-1-task-1');
    expect(run.refusal(endTurn(id, 1))).toBe('stale_turn');
  });

  it('is refused while the attempt is parked', () => {
    const run = new SimulatedRun({ script: { validator: () => fails('limit') } });
    run.until(() => run.timers.size === 1);
    expect(run.refusal(endTurn(run.attempt('validate-design').id, 1))).toBe('stale_turn');
  });

  it('that comes before the node said that the host reported in may be said again', () => {
    const run = new SimulatedRun();
    const start = run.job('start-agent');
    const outcome = run.perform(start);
    const { id } = run.attempt('validate-design');
    expect(run.refusal(endTurn(id, 1))).toBe('not_started');
    const report = { kind: 'validation', status: 'pass', text: '' } as const;
    expect(run.refusal({ kind: 'report', attemptId: id, epoch: 1, report, document: null })).toBe(
      'not_started',
    );
    run.complete(start, outcome);
    run.accept(endTurn(id, 1));
    expect(run.toRest().status).toBe('complete');
  });
});

describe('a report', () => {
  it('of another kind than the role gives is refused, with the one that fits', () => {
    const run = new SimulatedRun();
    run.untilRunning('validate-design');
    const { id } = run.attempt('validate-design');
    const report = { kind: 'work', summary: '' } as const;
    expect(run.send({ kind: 'report', attemptId: id, epoch: 1, report, document: null })).toMatchObject({
      ok: false,
      rejection: { code: 'wrong_report', next: ['tina report validation --help'] },
    });
  });

  it('may be given again in the same turn; the last one counts', () => {
    const run = new SimulatedRun();
    run.untilRunning('validate-design');
    const { id } = run.attempt('validate-design');
    for (const status of ['stop', 'warning'] as const) {
      const report = { kind: 'validation', status, text: status } as const;
      run.accept({ kind: 'report', attemptId: id, epoch: 1, report, document: null });
    }
    run.accept(endTurn(id, 1));
    run.toRest();
    expect(run.task('validate-design').result).toMatchObject({ status: 'warning' });
  });

  it('does not count for the next turn', () => {
    const run = new SimulatedRun({
      script: {
        implementer: ({ turn }) => (turn === 1 ? works({ commits: [] }) : says('I am lost.')),
      },
    });
    run.until(() => run.eventsOf('attempt.returned').length === 2);
    expect(run.eventsOf('attempt.returned').map((event) => event.data.reason)).toEqual([
      'evidence',
      'format',
    ]);
  });
});

describe('an attempt is bound before it starts (G09)', () => {
  it('and cannot be started by a node that did not begin it', () => {
    const run = new SimulatedRun();
    const start = run.job('start-agent');
    expect(run.refusal({ kind: 'complete-job', job: start, outcome: run.node.perform(start) })).toBe(
      'not_begun',
    );
  });

  it('may be begun again by the node that claimed its job next', () => {
    const run = new SimulatedRun();
    const { id } = run.attempt('validate-design');
    const begin = (jobId: string): NodeCommand => ({
      kind: 'begin-attempt',
      attemptId: id,
      jobId,
      epoch: 1,
    });
    expect(run.refusal(begin('r1-j9'))).toBe('stale_job');
    run.accept(begin('r1-j1'));
    expect(run.leases).toEqual(new Set([id]));
    const before = run.state;
    run.accept(begin('r1-j1'));
    expect(run.state).toBe(before);
    expect(run.toRest().status).toBe('complete');
  });

  it('and may fail to start without having been begun', () => {
    const run = new SimulatedRun();
    run.complete(run.job('start-agent'), failedJob('git_failed'));
    expect(run.attempt('validate-design').status).toBe('failed');
    expect(run.toRest().status).toBe('complete');
  });
});

describe('what a job came to (G03)', () => {
  it('counts once, and of the kind that was asked for', () => {
    const run = new SimulatedRun();
    const start = run.job('start-agent');
    expect(run.refusal({ kind: 'complete-job', job: start, outcome: { kind: 'create-branch' } })).toBe(
      'wrong_outcome',
    );
    const outcome = run.perform(start);
    run.complete(start, outcome);
    expect(run.refusal({ kind: 'complete-job', job: start, outcome })).toBe('stale_job');
  });

  it('counts once for every kind of job', () => {
    const run = new SimulatedRun({
      phases: 2,
      plans: { 1: [{ review: 'full' }] },
      script: {
        validator: ({ turn }) => (turn === 1 ? fails('limit') : undefined),
        implementer: ({ turn }) => (turn === 1 ? works({ commits: [] }) : undefined),
      },
    });
    const kinds = new Set<string>();
    for (;;) {
      const [job] = run.queue.values();
      if (!job) {
        if (!run.step()) break;
        continue;
      }
      const outcome = run.perform(job);
      run.complete(job, outcome);
      kinds.add(job.kind);
      const before = run.state;
      const again = run.send({ kind: 'complete-job', job, outcome });
      // A turn handed over again finds it begun, which is no news.
      expect([again.ok, run.state]).toEqual([job.kind === 'continue-agent', before]);
    }
    expect(run.status).toBe('complete');
    expect([...kinds].toSorted()).toEqual([
      'collect-evidence',
      'continue-agent',
      'create-branch',
      'integrate-base',
      'land',
      'merge',
      'remove-slots',
      'settle-attempt',
      'start-agent',
    ]);
  });

  it('does not lose an attempt whose turn was handed over and ended before', () => {
    const run = new SimulatedRun({
      script: { validator: ({ turn }) => (turn === 1 ? says('?') : undefined) },
    });
    run.until(() => run.queued('continue-agent').length === 1);
    const job = run.job('continue-agent');
    run.perform(job);
    run.playTurn(run.attempt('validate-design').id);
    expect(run.refusal({ kind: 'complete-job', job, outcome: failedJob('no_host') })).toBe('stale_job');
    expect(run.toRest().status).toBe('complete');
  });

  it('does not lose an attempt whose next turn is under way', () => {
    const run = new SimulatedRun({
      script: { implementer: ({ turn }) => (turn === 1 ? says('?') : works({ commits: [] })) },
    });
    run.until(() => run.queued('continue-agent').length === 1);
    const job = run.job('continue-agent');
    run.until(() => run.attempt('phase-1-task-1').turn === 3);
    expect(run.refusal({ kind: 'complete-job', job, outcome: failedJob('no_host') })).toBe('stale_job');
  });

  it('withdraws the job of a turn that ended before it could say that it handed it over', () => {
    const run = new SimulatedRun({
      script: { validator: ({ turn }) => (turn === 1 ? says('?') : fails('limit')) },
    });
    run.until(() => run.queued('continue-agent').length === 1);
    run.perform(run.job('continue-agent'));
    run.playTurn(run.attempt('validate-design').id);
    expect(run.attempt('validate-design').status).toBe('parked');
    expect(run.queued('continue-agent')).toEqual([]);
  });

  it('is refused for tasks and attempts that are not there', () => {
    const run = new SimulatedRun();
    const merge: Job = {
      kind: 'merge',
      tip: 'c0',
      jobId: 'r1-j1',
      runId: 'r1',
      taskId: 'r1-t99',
      branch: 'tina/mail',
      commit: 'c',
      startCommit: 'c',
      mergedWith: null,
      scope: ['a.ts'],
      message: '',
    };
    const settle: Job = {
      kind: 'settle-attempt',
      jobId: 'r1-j1',
      runId: 'r1',
      taskId: 'r1-t1',
      attemptId: 'r1-a99',
      slot: 1,
      branch: '',
      startCommit: 'c',
      reason: '',
    };
    const resume: Job = {
      kind: 'continue-agent',
      jobId: 'r1-j1',
      runId: 'r1',
      taskId: 'r1-t1',
      attemptId: 'r1-a99',
      epoch: 1,
      turn: 1,
      message: '',
    };
    const owned: Job = { ...merge, taskId: null };
    for (const job of [merge, owned, settle, resume]) {
      expect(run.refusal({ kind: 'complete-job', job, outcome: failedJob('no') })).toBe('stale_job');
    }
  });
});

describe('a timer', () => {
  it('that nothing waits for any more changes nothing', () => {
    const run = new SimulatedRun();
    expect(run.refusal({ kind: 'fire-task-timer', taskId: run.task('finalize').id })).toBe('stale_timer');
    expect(run.refusal({ kind: 'fire-task-timer', taskId: 'r1-t99' })).toBe('stale_timer');
    expect(run.refusal({ kind: 'fire-attempt-timer', attemptId: 'r1-a1' })).toBe('stale_timer');
    expect(run.refusal({ kind: 'fire-attempt-timer', attemptId: 'r1-a99' })).toBe('stale_timer');
  });

  it('counts once', () => {
    const run = new SimulatedRun({
      policy: { parallelAgents: 1 },
      plans: { 1: [{}, {}] },
      script: { implementer: ({ turn }) => (turn === 1 ? fails('limit') : undefined) },
    });
    run.until(() => run.timers.size === 1);
    const [parked] = Object.values(run.state.attempts).filter((attempt) => attempt.status === 'parked');
    const fire = { kind: 'fire-attempt-timer', attemptId: parked?.id ?? '' } as const;
    run.timers.clear();
    run.accept(fire);
    expect(run.refusal(fire)).toBe('stale_timer');
  });

  it('is taken at its word when the clock stepped back meanwhile', () => {
    const run = new SimulatedRun({
      script: { validator: ({ roleAttempt }) => (roleAttempt === 1 ? fails('crash') : undefined) },
    });
    run.until(() => run.timers.size === 1);
    run.now -= 10_000_000;
    run.timers.clear();
    run.accept({ kind: 'fire-task-timer', taskId: run.task('validate-design').id });
    expect(run.toRest().status).toBe('complete');
  });
});
