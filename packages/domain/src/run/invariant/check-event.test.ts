import { describe, expect, it } from 'vitest';
import type { CheckDefinition } from '../../check/check.ts';
import type { RecordedEvent, RunEvent } from '../event.ts';
import { patchAttempt, patchTask } from '../evolve/patch.ts';
import { findsGaps } from '../simulation/behaviour.test-support.ts';
import { BUDGET_DEFAULTS } from '../../policy/budget.ts';
import { NO_USE, type Use } from '../budget/use.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';
import type { RunState } from '../state.ts';
import { checkEvent } from './check-event.ts';

const CHECK: CheckDefinition = {
  name: 'test',
  command: 'npm test',
  at: ['finalize'],
  timeoutMs: 1,
  failures: null,
};
const PLANNED = { verdict: 'pass', kind: 'reviewed', summary: '' } as const;

const begun = (): SimulatedRun => new SimulatedRun();
const working = (): SimulatedRun => new SimulatedRun().untilRunning('phase-1-task-1');
const ended = (): SimulatedRun => new SimulatedRun().toRest();
const finalizing = (): SimulatedRun =>
  new SimulatedRun({ policy: { checks: [CHECK] } }).until((run) => run.queued('land').length === 1);
/** Its review found a gap, and is remedied. */
const remedied = (): SimulatedRun =>
  new SimulatedRun({
    script: { reviewer: (turn) => (turn.phase === '1' ? findsGaps(turn, ['a gap']) : undefined) },
  }).until((run) => Object.keys(run.state.findings).length === 1);

function found(state: RunState, event: RunEvent): readonly string[] {
  const recorded: RecordedEvent = { ...event, runId: state.id, number: state.revision + 1, at: 1 };
  return checkEvent(state, recorded).map(({ guarantee, message }) => `${guarantee} ${message}`);
}

/** An event of the run, as if it came once more. */
function again(run: SimulatedRun, type: RecordedEvent['type']): RunEvent {
  const event = run.events.findLast((each) => each.type === type);
  if (!event) throw new Error(`there was no ${type}`);
  return event;
}

type Case = readonly [what: string, () => SimulatedRun, (run: SimulatedRun) => RunEvent, RegExp];

const CASES: readonly Case[] = [
  [
    'what comes after the end',
    ended,
    () => ({ type: 'run.paused', data: { stopAttempts: false } }),
    /^G03 run\.paused came to a run that has ended\.$/,
  ],
  [
    'a task that is there',
    working,
    (run) => again(run, 'task.added'),
    /^G04 task\.added gives the id r1-t\d+ a second/,
  ],
  [
    'a team that is there',
    working,
    (run) => again(run, 'team.created'),
    /^G04 team\.created gives the id r1-m\d+ a/,
  ],
  [
    'an attempt that is there',
    working,
    (run) => again(run, 'attempt.requested'),
    /^G04 attempt\.requested gives/,
  ],
  [
    'an attempt beside another',
    working,
    (run) => again(run, 'attempt.requested'),
    /^G09 Attempt r1-a\d+ of task/,
  ],
  [
    'an epoch that was there',
    working,
    (run) => again(run, 'attempt.requested'),
    /^G10 Attempt r1-a\d+ has epoch 1, and/,
  ],
  [
    'a gate answered twice',
    working,
    () => ({ type: 'gate.approved', data: { gateId: 'g', comment: null } }),
    /^G03 Gate g was answered, and it was not open\.$/,
  ],
  [
    'a finding closed twice',
    working,
    () => ({ type: 'finding.closed', data: { findingId: 'f', because: '' } }),
    /^G18 Finding f was closed, and it was not open\.$/,
  ],
  [
    'a job answered twice',
    working,
    (run) => again(run, 'branch.created'),
    /^G03 Task r1-t2 got a job's answer, and/,
  ],
  [
    'a timer of a task that nobody set',
    working,
    () => ({ type: 'timer.fired', data: { taskId: 'r1-t1', attemptId: null } }),
    /^G03 A timer fired that r1-t1 does not wait for\.$/,
  ],
  [
    'a timer of an attempt that is not parked',
    working,
    () => ({ type: 'timer.fired', data: { taskId: null, attemptId: 'r1-a1' } }),
    /^G03 A timer fired that r1-a1 does not wait for\.$/,
  ],
  [
    'a word of a settled attempt',
    ended,
    (run) => again(run, 'attempt.reported'),
    /^G11 .* r1-a\d+, which is settled\.$/,
  ],
  [
    'a word of no attempt',
    working,
    () => ({ type: 'attempt.starting', data: { attemptId: 'none' } }),
    /^G11 attempt\.starting was accepted of attempt none, which is not there\.$/,
  ],
  [
    'a start while it runs',
    working,
    (run) => again(run, 'attempt.started'),
    /^G11 .* r1-a\d+, which is running\.$/,
  ],
  [
    'the end of another turn',
    working,
    (run) => ({
      type: 'turn.ended',
      data: { attemptId: run.attempt('phase-1-task-1').id, turn: 2, usage: null },
    }),
    /^G10 Turn 2 of attempt r1-a\d+ ended, and it is not the one under way\.$/,
  ],
  [
    'a task that is done twice',
    working,
    (run) => again(run, 'task.completed'),
    /^G03 task\.completed came to task/,
  ],
  [
    'a task that is not there',
    working,
    () => ({ type: 'task.readied', data: { taskId: 'none' } }),
    /^G03 task\.readied came to task none, which is not there\.$/,
  ],
  [
    'a task before its time',
    begun,
    () => ({ type: 'task.readied', data: { taskId: 'r1-t2' } }),
    /^G19 Task r1-t2 began before r1-t1, which it depends on, was done\.$/,
  ],
  [
    'a review that passes with a gap',
    remedied,
    (run) => ({ type: 'task.completed', data: { taskId: run.task('review-phase-1.5').id, result: PLANNED } }),
    /^G18 Phase 1\.5 passed its review, and finding r1-f1 is open\.$/,
  ],
];

describe('what must hold of an event', () => {
  it.each(CASES)('G03 finds %s', (_, make, eventOf, expected) => {
    const run = make();
    expect(found(run.state, eventOf(run))).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  it('G27 finds a start in a paused run', () => {
    const run = working();
    run.accept({ kind: 'pause', now: false });
    const start: RunEvent = {
      type: 'task.started',
      data: { taskId: 'r1-t1', step: 'validate', commit: null },
    };
    expect(found(run.state, start)).toContain('G27 task.started came to a run that is paused.');
  });

  it('G16 finds a landing that was not checked, and one whose checks fail', () => {
    const { state, task } = bound(finalizing());
    const landing: RunEvent = { type: 'landing.requested', data: { taskId: task, jobId: 'j' } };
    expect(found(state, landing)).toEqual([]);
    expect(found(patchTask(state, task, { checks: [] }), landing)).toEqual([
      'G16 The run lands, and check test has no result.',
    ]);
    const checks = state.baseline.map((check) => ({ ...check, outcome: 'failed' as const }));
    expect(found(patchTask(state, task, { checks }), landing)).toEqual([
      'G16 The run lands, and check test does not pass.',
    ]);
  });

  it('G18 lets a phase end with gaps that go to its remediation, and an attempt timer fire', () => {
    const run = remedied();
    const result = { ...PLANNED, verdict: 'gaps' } as const;
    const taskId = run.task('review-phase-1.5').id;
    const completed = found(run.state, { type: 'task.completed', data: { taskId, result } });
    expect(completed.filter((each) => each.startsWith('G18'))).toEqual([]);
    const { id } = run.attempt('validate-design');
    const parked = patchAttempt(run.state, id, { status: 'parked', parkedUntil: 1 });
    expect(found(parked, { type: 'timer.fired', data: { taskId: null, attemptId: id } })).toEqual([]);
  });

  it('G03 takes an answer to what is open, once', () => {
    const run = new SimulatedRun({ policy: { finalize: 'ask' } }).toRest();
    expect(found(run.state, { type: 'gate.approved', data: { gateId: 'r1-g1', comment: null } })).toEqual([]);
    const gap = remedied();
    expect(found(gap.state, { type: 'finding.closed', data: { findingId: 'r1-f1', because: '' } })).toEqual(
      [],
    );
  });

  it('G03 a landing of a task that is not there is told as that', () => {
    const { state } = finalizing();
    expect(found(state, { type: 'landing.requested', data: { taskId: 'none', jobId: 'j' } })).toContain(
      'G03 landing.requested came to task none, which is not there.',
    );
    expect(found(state, { type: 'task.completed', data: { taskId: 'none', result: PLANNED } })).toHaveLength(
      1,
    );
  });
});

function bound(run: SimulatedRun): { readonly state: RunState; readonly task: string } {
  return { state: run.state, task: run.task('finalize').id };
}

describe('G32 a budget that is used up', () => {
  const budgets = { ...BUDGET_DEFAULTS, attempt: { turns: 1 }, phase: { tokens: 1_000 }, run: { cost: 0.3 } };
  const spent = (use: Partial<Use>): RunState => {
    const { state } = new SimulatedRun().untilRunning('phase-1-task-1');
    const [attempt] = Object.values(state.attempts).filter(({ status }) => status === 'running');
    const id = attempt?.id ?? '';
    const policy = { ...state.policy, budgets };
    return patchAttempt({ ...state, policy }, id, { use: { ...NO_USE, ...use }, turnStartedAt: null });
  };
  const returned = (state: RunState): RunEvent => {
    const [attempt] = Object.values(state.attempts).filter(({ status }) => status === 'running');
    const data = {
      attemptId: attempt?.id ?? '',
      reason: 'format',
      message: '',
      turn: 2,
      jobId: 'j',
    } as const;
    return { type: 'attempt.returned', data };
  };

  it.each([
    [
      'an attempt',
      { turns: 1 },
      /^G32 Something began in attempt r1-t\d+, which has used 1 of 1 \(turns\)\.$/,
    ],
    [
      'a phase',
      { tokens: { known: 1_000, missing: 0 } },
      /^G32 .* in phase 1, which has used 1000 of 1000 \(tokens\)/,
    ],
    ['the run', { cost: { known: 300_000_000, missing: 0 } }, /^G32 .* in run, .* of 300000000 \(cost\)\.$/],
  ] as const)('lets nothing begin: of %s', (_, use, message) => {
    const state = spent(use);
    expect(found(state, returned(state))).toEqual([expect.stringMatching(message)]);
  });

  it('lets all begin while there is some left, and once it was raised', () => {
    const some = spent({ tokens: { known: 999, missing: 0 } });
    expect(found(some, returned(some))).toEqual([]);
    const raised = { ...spent({ turns: 1 }), budgets: {} };
    const key = `attempt ${Object.values(raised.attempts).findLast(({ status }) => status === 'running')?.taskId ?? ''}`;
    const more = { ...raised, budgets: { [key]: { raised: { turns: 1 }, warned: [], refused: null } } };
    expect(found(more, returned(more))).toEqual([]);
  });

  it('has nothing to say of an attempt that is not there', () => {
    const state = spent({ turns: 1 });
    const data = { attemptId: 'none', reason: 'format', message: '', turn: 2, jobId: 'j' } as const;
    expect(found(state, { type: 'attempt.returned', data })).toEqual([expect.stringMatching(/^G11 /)]);
  });

  it('counts the time of turns under way', () => {
    const state = spent({});
    const wall = {
      ...state,
      policy: { ...state.policy, budgets: { ...BUDGET_DEFAULTS, run: { wall: 50 } } },
    };
    const id = returned(wall).data as { readonly attemptId: string };
    const begun = patchAttempt(wall, id.attemptId, { turnStartedAt: -60 });
    expect(found(begun, returned(begun))).toEqual([expect.stringContaining('has used 2061 of 50 (wall)')]);
  });
});
