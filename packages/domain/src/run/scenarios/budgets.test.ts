import { describe, expect, it } from 'vitest';
import { type BudgetPolicy, BUDGET_DEFAULTS } from '../../policy/budget.ts';
import type { RunPolicy } from '../../policy/policy.ts';
import type { Gate } from '../gate.ts';
import { known } from '../lookup.ts';
import { usageOf } from '../usage.ts';
import {
  type Behaviour,
  fails,
  gives,
  says,
  silent,
  type Turn,
  works,
} from '../simulation/behaviour.test-support.ts';
import { SimulatedRun } from '../simulation/simulated-run.test-support.ts';

const TOKENS = { inputTokens: 60, outputTokens: 40, cacheReadTokens: 0, cacheWriteTokens: 0 };

function budgets(policy: Partial<BudgetPolicy>): Partial<RunPolicy> {
  return { budgets: { ...BUDGET_DEFAULTS, ...policy } };
}

function openGate(run: SimulatedRun): Gate {
  return known(
    Object.values(run.state.gates).find(({ status }) => status === 'open'),
    'open gate',
  );
}

function approve(run: SimulatedRun, add?: number): void {
  const gateId = openGate(run).id;
  run.accept({ kind: 'approve', gateId, comment: null, ...(add === undefined ? {} : { add }) });
}

/** Every agent tells the same of each turn. */
function telling(usage: Parameters<typeof usageOf>[0], run: SimulatedRun): SimulatedRun {
  run.usage = usageOf(usage);
  return run;
}

describe('G32 a budget that is used up', () => {
  it('starts nothing more, asks once, and goes on with its own amount once more', () => {
    const run = new SimulatedRun({ policy: budgets({ run: { turns: 2 } }) }).toRest();
    expect(run.eventsOf('turn.ended').length).toBe(2);
    expect(openGate(run)).toMatchObject({
      kind: 'budget',
      question: 'The run has used 2 of 2 turns. May it use more?',
      budget: { scope: { kind: 'run' }, measure: 'turns', used: 2, limit: 2 },
    });
    expect(run.status).toBe('executing');
    approve(run);
    expect(run.eventsOf('budget.raised')[0]?.data).toMatchObject({ by: 2, limit: 4 });
    expect(run.toRest().status).toBe('complete');
  });

  it('gets what is said, and asks again when that is used up too', () => {
    const run = new SimulatedRun({ policy: budgets({ run: { turns: 2 } }) }).toRest();
    approve(run, 1);
    run.toRest();
    expect(openGate(run).budget).toMatchObject({ used: 3, limit: 3 });
    approve(run, 10);
    expect(run.toRest().status).toBe('complete');
  });

  it('refuses less than it takes to go on, and gives as often its own amount as it takes', () => {
    const run = telling(TOKENS, new SimulatedRun({ policy: budgets({ run: { tokens: 30 } }) })).toRest();
    const gateId = openGate(run).id;
    expect(run.refusal({ kind: 'approve', gateId, comment: null, add: 70 })).toBe('too_little');
    approve(run);
    expect(run.eventsOf('budget.raised')[0]?.data).toMatchObject({ by: 90, limit: 120 });
  });

  it('blocks its scope with the reason when nothing is added, and asks anew when that is retried', () => {
    const run = new SimulatedRun({ policy: budgets({ run: { turns: 2 } }) }).toRest();
    run.accept({ kind: 'reject', gateId: openGate(run).id, comment: 'Too dear.' });
    run.toRest();
    const task = run.task('execute-phase-1');
    expect(run.status).toBe('blocked');
    const [blocked] = run.state.blocked ?? [];
    expect(blocked).toMatchObject({
      code: 'budget_spent',
      message: 'The run has used 2 of 2 turns, and gets no more: Too dear.',
    });
    expect(task.status).toBe('in_progress');
    run.accept({ kind: 'retry', taskId: blocked?.taskId ?? '' });
    approve(run);
    expect(run.toRest().status).toBe('complete');
  });

  it('is about a phase with its remediations, and leaves the rest alone', () => {
    const run = new SimulatedRun({ phases: 2, policy: budgets({ phase: { turns: 2 } }) }).toRest();
    expect(openGate(run).question).toBe('Phase 1 has used 2 of 2 turns. May it use more?');
    approve(run);
    run.toRest();
    expect(openGate(run).budget?.scope).toEqual({ kind: 'phase', phase: '2' });
    approve(run);
    expect(run.toRest().status).toBe('complete');
  });

  it('lets whoever is at work end the turn, and stops whoever has not begun', () => {
    const plans = { 1: [{}, {}, {}] };
    const policy = { ...budgets({ run: { turns: 3 } }), parallelAgents: 3 };
    const run = new SimulatedRun({ plans, policy });
    run.until(() => run.queued('start-agent').length === 3);
    const [first] = run.queued('start-agent');
    run.complete(known(first, 'job'));
    run.playTurn(run.attempt('phase-1-task-1').id);
    expect(run.attempts('phase-1-task-2')[0]).toMatchObject({
      status: 'cancelled',
      endReason: 'the budget is used up',
    });
    run.toRest();
    expect(run.eventsOf('turn.ended').length).toBe(3);
    expect(Object.values(run.state.tasks).filter(({ waitsFor }) => waitsFor?.kind === 'gate').length).toBe(2);
    expect(Object.values(run.state.gates).length).toBe(1);
    approve(run, 20);
    expect(run.toRest().status).toBe('complete');
  });

  it('holds an agent that would get one more turn, with what it is to be told', () => {
    const script = {
      validator: ({ turn }: Turn): Behaviour => (turn === 1 ? says('Hm.') : gives('pass')),
    };
    const run = new SimulatedRun({ script, policy: budgets({ attempt: { turns: 1 } }) });
    run.until(() => run.attempt('validate-design').status === 'parked');
    const attempt = run.attempt('validate-design');
    expect(openGate(run).question).toBe(
      `Attempt ${attempt.id} of validate-design has used 1 of 1 turns. May it use more?`,
    );
    expect(run.task('validate-design').waitsFor).toEqual({ kind: 'attempt', attemptId: attempt.id });
    approve(run);
    const [resumed] = run.eventsOf('attempt.resumed');
    expect(resumed?.data.message).toContain('The turn ended without a report.');
    expect(run.queued('continue-agent')).toMatchObject([{ message: resumed?.data.message, turn: 2 }]);
    run.until(() => run.task('validate-design').status === 'completed');
  });

  it('ends an agent that is held when nothing is added', () => {
    const script = { validator: (): Behaviour => says('Hm.') };
    const run = new SimulatedRun({ script, policy: budgets({ attempt: { turns: 1 } }) }).toRest();
    run.accept({ kind: 'reject', gateId: openGate(run).id, comment: 'No.' });
    run.toRest();
    expect(run.attempt('validate-design').failure?.kind).toBe('budget');
    expect(run.task('validate-design').block).toMatchObject({ code: 'budget_spent' });
    run.accept({ kind: 'retry', taskId: run.task('validate-design').id });
    run.toRest();
    expect(run.attempts('validate-design').length).toBe(2);
    expect(openGate(run).budget?.used).toBe(1);
  });

  it('withdraws its question when nothing waits for the answer any more', () => {
    const script = { validator: (): Behaviour => says('Hm.') };
    const run = new SimulatedRun({ script, policy: budgets({ attempt: { turns: 1 } }) }).toRest();
    const gateId = openGate(run).id;
    run.accept({ kind: 'pause', now: true });
    expect(run.state.gates[gateId]?.status).toBe('withdrawn');
    run.accept({ kind: 'resume' });
    expect(run.toRest().status).toBe('validating');
    expect(run.refusal({ kind: 'approve', gateId, comment: null })).toBe('gate_answered');
  });

  it('is withdrawn with the last of several that wait', () => {
    const policy = { ...budgets({ run: { turns: 2 } }), parallelAgents: 2 };
    const run = new SimulatedRun({ plans: { 1: [{}, {}] }, policy }).toRest();
    const gateId = openGate(run).id;
    for (const number of [1, 2]) {
      const { id } = run.phaseTask('1', number);
      run.accept({ kind: 'skip', taskId: id, reason: 'not needed' });
      expect(run.state.gates[gateId]?.status).toBe(number === 1 ? 'open' : 'withdrawn');
    }
  });

  it('counts tokens and cost to the last of them, and turns that were cut off as unknown', () => {
    const policy = {
      ...budgets({ run: { cost: 0.0012 } }),
      prices: { opus: { input: 4, output: 20, cacheRead: 0, cacheWrite: 0 } },
      modelOverride: 'opus',
    };
    const run = telling(TOKENS, new SimulatedRun({ policy })).toRest();
    expect(openGate(run).question).toBe('The run has used $0.0021 of $0.0012. May it use more?');
    expect(run.eventsOf('turn.ended').length).toBe(2);
    approve(run, 1.5);
    expect(run.eventsOf('budget.raised')[0]?.data.limit).toBe(1.5012);
    run.untilRunning('phase-1-task-1');
    const { id, epoch } = run.attempt('phase-1-task-1');
    run.accept({ kind: 'lose-attempt', attemptId: id, epoch, reason: 'gone' });
    expect(run.state.attempts[id]?.use).toMatchObject({ turns: 1, cost: { known: 0, missing: 1 } });
  });

  it('says what it is in the words of what it counts', () => {
    const told = { ...TOKENS, inputTokens: 1_234_500, costUsd: 2 };
    const ask = (run: BudgetPolicy['run']): string =>
      openGate(telling(told, new SimulatedRun({ policy: budgets({ run }) })).toRest()).question;
    expect(ask({ cost: 1.5 })).toBe('The run has used $2.00 of $1.50. May it use more?');
    expect(ask({ tokens: 1_000_000 })).toBe(
      'The run has used 1,234,540 of 1,000,000 tokens. May it use more?',
    );
  });

  it('adds to nothing but a budget', () => {
    const run = new SimulatedRun({ policy: { gates: { plan: true, review: false } } }).toRest();
    const gateId = openGate(run).id;
    expect(run.refusal({ kind: 'approve', gateId, comment: null, add: 1 })).toBe('no_budget');
  });
});

describe('G32 the time of a budget', () => {
  it('ends an attempt whose turn takes longer, keeps its work, and asks before another', () => {
    const script = {
      implementer: ({ attempt }: Turn): Behaviour => (attempt.number === 1 ? silent : works()),
    };
    const run = new SimulatedRun({ script, policy: budgets({ attempt: { wall: 7_200_000 } }) });
    run.untilRunning('phase-1-task-1');
    const attempt = run.attempt('phase-1-task-1');
    expect(run.timers.get(attempt.id)?.dueAt).toBe((attempt.turnStartedAt ?? 0) + 7_200_000);
    run.toRest();
    expect(run.attempt('phase-1-task-1').failure).toMatchObject({
      kind: 'budget',
      message: 'The attempt has worked for 2h00m, which is all that its budget allows.',
    });
    expect(openGate(run).question).toBe(
      `Attempt ${attempt.id} of phase-1-task-1 has worked 2h00m of 2h00m. May it use more?`,
    );
    approve(run);
    expect(run.toRest().status).toBe('complete');
    expect(run.eventsOf('retry.scheduled')[0]?.data).toMatchObject({ cause: 'budget', dueAt: null });
    expect(run.task('phase-1-task-1').retries).toEqual({ failure: 0, output: 0, lost: 0 });
  });

  it('waits for the resume of a run that was paused meanwhile', () => {
    const script = {
      implementer: ({ attempt }: Turn): Behaviour => (attempt.number === 1 ? silent : works()),
    };
    const run = new SimulatedRun({ script, policy: budgets({ attempt: { wall: 90_000 } }) });
    run.untilRunning('phase-1-task-1');
    run.accept({ kind: 'pause', now: false });
    run.toRest();
    expect(Object.values(run.state.gates)).toEqual([]);
    run.accept({ kind: 'resume' });
    expect(openGate(run).budget).toMatchObject({ measure: 'wall', limit: 90_000 });
    expect(openGate(run).question).toContain('1m30s');
  });

  it('is over when the clock says that it is, also after it was set back', () => {
    const script = { validator: (): Behaviour => silent };
    const run = new SimulatedRun({ script, policy: budgets({ attempt: { wall: 45_000 } }) });
    run.untilRunning('validate-design');
    const { id } = run.attempt('validate-design');
    run.now -= 60_000;
    run.accept({ kind: 'fire-attempt-timer', attemptId: id });
    expect(run.state.attempts[id]?.use?.wallMs).toBe(45_000);
    run.timers.delete(id);
    expect(openGate(run.toRest()).question).toContain('has worked 45s of 45s');
  });

  it('of a run counts the turns under way as well', () => {
    const policy = { ...budgets({ run: { wall: 60_000 } }), parallelAgents: 2 };
    const script = {
      implementer: ({ task }: Turn): Behaviour => (task.spec?.number === 1 ? silent : works()),
    };
    const run = new SimulatedRun({ plans: { 1: [{}, {}, {}] }, script, policy });
    run.untilRunning('phase-1-task-1');
    run.now += 120_000;
    run.toRest();
    expect(openGate(run).budget?.scope).toEqual({ kind: 'run' });
    expect(run.attempt('phase-1-task-1').status).toBe('running');
  });
});

describe('G32 a warning', () => {
  it('is given once for each limit, and again for a limit that was raised', () => {
    const run = new SimulatedRun({ policy: budgets({ run: { turns: 3 }, warnAt: 0.6 }) }).toRest();
    const warned = (): readonly unknown[] => run.eventsOf('budget.warned').map(({ data }) => data);
    expect(warned()).toEqual([{ scope: { kind: 'run' }, measure: 'turns', used: 2, limit: 3, why: 'near' }]);
    approve(run);
    run.toRest();
    expect(warned().length).toBe(2);
  });

  it('says once that a part of what is used is not known', () => {
    const run = new SimulatedRun({ policy: budgets({ phase: { cost: 5, turns: 90 } }) }).toRest();
    expect(run.status).toBe('complete');
    expect(run.eventsOf('budget.warned').map(({ data }) => data)).toEqual([
      { scope: { kind: 'run' }, measure: 'cost', used: 0, limit: null, why: 'unknown' },
    ]);
  });

  it('of an attempt is given for each attempt', () => {
    const script = { validator: (): Behaviour => fails('crash') };
    const run = new SimulatedRun({ script, policy: budgets({ attempt: { turns: 1 } }) }).toRest();
    expect(run.eventsOf('budget.warned').length).toBe(0);
    expect(run.task('validate-design').block?.code).toBe('retries_spent');
  });
});
