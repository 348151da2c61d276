import { budgetState, patchBudget, warningKey } from '../budget/budget-state.ts';
import type { RunEventPayloads } from '../event.ts';
import { attemptOf, gateOf, known } from '../lookup.ts';
import type { RunState } from '../state.ts';
import type { Handlers } from './handlers.ts';
import { patchAttempt, patchTask } from './patch.ts';

type BudgetEvent = 'attempt.held' | 'budget.warned' | 'budget.held' | 'budget.raised';

/** Events about what agents may use up. */
export const budgetHandlers: Handlers<BudgetEvent> = {
  'attempt.held': (state, { attemptId, reason, message }) =>
    patchAttempt(state, attemptId, {
      status: 'parked',
      parkedUntil: null,
      backoff: null,
      pendingMessage: message,
      returned: [...attemptOf(state, attemptId).returned, reason],
    }),
  'budget.warned': (state, { scope, measure, why }) =>
    patchBudget(state, scope, {
      warned: [...budgetState(state, scope).warned, warningKey(scope, measure, why)],
    }),
  'budget.held': (state, { gateId, taskId, attemptId }) =>
    attemptId === null
      ? patchTask(state, taskId, { waitsFor: { kind: 'gate', gateId } })
      : patchAttempt(state, attemptId, { gateId }),
  'budget.raised': raise,
};

/** What was warned of the lower limit is warned of the higher one anew. */
function raise(state: RunState, { scope, measure, by }: RunEventPayloads['budget.raised']): RunState {
  const { raised, warned } = budgetState(state, scope);
  const said = warningKey(scope, measure, 'near');
  return patchBudget(state, scope, {
    raised: { ...raised, [measure]: (raised[measure] ?? 0) + by },
    warned: warned.filter((each) => each !== said),
  });
}

/** Whoever waited for the gate of a budget looks again whether they may go on. */
export function answerBudget(state: RunState, gateId: string, refused: string | null): RunState {
  const { scope } = known(gateOf(state, gateId).budget, `budget of gate ${gateId}`);
  const told = patchBudget(state, scope, { refused });
  const free = tasksAt(told, gateId).reduce((next, id) => patchTask(next, id, { waitsFor: null }), told);
  return attemptsAt(free, gateId).reduce((next, id) => patchAttempt(next, id, { gateId: null }), free);
}

/** The gate of a budget is withdrawn once nothing waits for it any more. */
export function releaseGate(state: RunState, gateId: string, at: number): RunState {
  const gate = gateOf(state, gateId);
  if (gate.kind === 'budget' && tasksAt(state, gateId).length + attemptsAt(state, gateId).length > 0)
    return state;
  return {
    ...state,
    gates: { ...state.gates, [gateId]: { ...gate, status: 'withdrawn', answeredAt: at } },
  };
}

function tasksAt({ tasks }: RunState, gateId: string): readonly string[] {
  return Object.values(tasks)
    .filter(({ waitsFor }) => waitsFor?.kind === 'gate' && waitsFor.gateId === gateId)
    .map(({ id }) => id);
}

function attemptsAt({ attempts }: RunState, gateId: string): readonly string[] {
  return Object.values(attempts)
    .filter((attempt) => attempt.gateId === gateId)
    .map(({ id }) => id);
}
