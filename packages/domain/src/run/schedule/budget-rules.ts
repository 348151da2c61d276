import { mainPhase } from '../../naming/names.ts';
import type { Attempt } from '../attempt.ts';
import { spentText } from '../budget/budget-text.ts';
import { budgetState, warningKey } from '../budget/budget-state.ts';
import { attemptScope, attemptsIn, type BudgetScope, scopeKey, scopesOf } from '../budget/scope.ts';
import { firstMet, type Spent, spentOf, useOf } from '../budget/spent.ts';
import { attemptFailed } from '../decide/decision.ts';
import type { RunEvent } from '../event.ts';
import { allocateIds, type IdAllocator } from '../ids.ts';
import { taskOf } from '../lookup.ts';
import { isActive, unsettledAttempts } from '../queries.ts';
import type { RunState } from '../state.ts';
import { block, type StepContext } from './context.ts';

/** Null while the budgets let another attempt of the task begin; else what keeps it, which may have been said already. */
export function holdStart(context: StepContext): readonly RunEvent[] | null {
  const met = firstMet(context.state, scopesOf(context.task, null), context.now);
  return met && holdTask(context, met);
}

/** An attempt that its own budget ended is followed by another once a person adds to it. */
export function holdAfter(context: StepContext, attempt: Attempt): readonly RunEvent[] | null {
  const met = firstMet(context.state, scopesOf(context.task, attempt), context.now);
  return met && holdTask(context, met);
}

function holdTask(context: StepContext, met: Spent): readonly RunEvent[] {
  const { state, task, ids } = context;
  const { refused } = budgetState(state, met.scope);
  if (refused !== null) {
    return block(context, { code: 'budget_spent', message: refusedText(state, met, refused) });
  }
  return ask(state, ids, met, { taskId: task.id, attemptId: null });
}

/** A parked attempt that could go on and may not: a person is asked, or has said no. */
export function holdParked(state: RunState, now: number): readonly RunEvent[] {
  if (!state.policy.budgets || state.control !== 'active') return [];
  for (const attempt of unsettledAttempts(state)) {
    if (!isDue(attempt) || attempt.gateId != null) continue;
    const met = metBy(state, attempt, now);
    if (!met) continue;
    const { refused } = budgetState(state, met.scope);
    if (refused === null) {
      return ask(state, allocateIds(state), met, { taskId: attempt.taskId, attemptId: attempt.id });
    }
    const message = refusedText(state, met, refused);
    return [attemptFailed(attempt, { kind: 'budget', message, output: null, next: [] })];
  }
  return [];
}

/** Parked, and nothing but a place or a budget keeps it from its next turn. */
export function isDue({ status, parkedUntil }: Attempt): boolean {
  return status === 'parked' && parkedUntil === null;
}

export function metBy(state: RunState, attempt: Attempt, now: number): Spent | null {
  return firstMet(state, scopesOf(taskOf(state, attempt.taskId), attempt), now);
}

/** Whoever was asked for and has not begun does not begin once there is nothing left to begin with. */
export function withdrawUnbegun(state: RunState, now: number): readonly RunEvent[] {
  if (!state.policy.budgets) return [];
  const unbegun = unsettledAttempts(state).find(
    (attempt) => attempt.status === 'requested' && metBy(state, attempt, now) !== null,
  );
  if (!unbegun) return [];
  return [{ type: 'attempt.cancelled', data: { attemptId: unbegun.id, reason: 'the budget is used up' } }];
}

function refusedText(state: RunState, met: Spent, refused: string): string {
  return `${spentText(state, met)}, and gets no more: ${refused}`;
}

/** One gate for each scope; who comes later waits for the same. */
function ask(
  state: RunState,
  ids: IdAllocator,
  met: Spent,
  held: { readonly taskId: string; readonly attemptId: string | null },
): readonly RunEvent[] {
  const key = scopeKey(met.scope);
  const open = Object.values(state.gates).find(
    ({ status, budget }) => status === 'open' && budget !== undefined && scopeKey(budget.scope) === key,
  );
  if (open) return [{ type: 'budget.held', data: { gateId: open.id, ...held } }];
  const id = ids.next('g');
  const question = `${spentText(state, met)}. May it use more?`;
  return [
    { type: 'gate.opened', data: { id, taskId: held.taskId, kind: 'budget', question, budget: met } },
    { type: 'budget.held', data: { gateId: id, ...held } },
  ];
}

/** Says once of each limit that it is near, and once of each measure that a part of it is not known. */
export function warnOfBudgets(state: RunState, now: number): readonly RunEvent[] {
  const { budgets } = state.policy;
  if (!budgets) return [];
  const spent = limitedScopes(state).flatMap((scope) => spentOf(state, scope, now));
  for (const each of spent) {
    if (each.used >= budgets.warnAt * each.limit && !isSaid(state, each.scope, each.measure, 'near'))
      return [{ type: 'budget.warned', data: { ...each, why: 'near' } }];
  }
  const unknown = spent.find(
    ({ measure }) => isPartlyUnknown(state, measure) && !isSaid(state, RUN, measure, 'unknown'),
  );
  if (!unknown) return [];
  const { measure, used } = unknown;
  return [{ type: 'budget.warned', data: { scope: RUN, measure, used, limit: null, why: 'unknown' } }];
}

const RUN: BudgetScope = { kind: 'run' };

/** The run, its phases, and the attempts that still do something. */
function limitedScopes(state: RunState): readonly BudgetScope[] {
  const phases = new Set(state.phases.map(({ number }) => mainPhase(number)));
  return [
    RUN,
    ...[...phases].map((phase): BudgetScope => ({ kind: 'phase', phase })),
    ...unsettledAttempts(state).filter(isActive).map(attemptScope),
  ];
}

function isSaid(
  state: RunState,
  scope: BudgetScope,
  measure: Spent['measure'],
  why: 'near' | 'unknown',
): boolean {
  return budgetState(state, scope).warned.includes(warningKey(scope, measure, why));
}

function isPartlyUnknown(state: RunState, measure: Spent['measure']): boolean {
  if (measure === 'turns' || measure === 'wall') return false;
  return attemptsIn(state, RUN).some((attempt) => useOf(attempt)[measure].missing > 0);
}
