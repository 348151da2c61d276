import { type Measure, MEASURES } from '../../policy/budget.ts';
import { NANO_USD } from '../../price/price.ts';
import type { Attempt } from '../attempt.ts';
import type { RunState } from '../state.ts';
import { budgetState } from './budget-state.ts';
import { attemptsIn, type BudgetScope } from './scope.ts';
import { NO_USE, type Use } from './use.ts';

/** A limit, and how much of it is used. */
export interface Spent {
  readonly scope: BudgetScope;
  readonly measure: Measure;
  readonly used: number;
  readonly limit: number;
}

/** The limit of a scope with what people added to it; null when it has none. */
export function limitOf(state: RunState, scope: BudgetScope, measure: Measure): number | null {
  const limit = state.policy.budgets?.[scope.kind][measure];
  if (limit === undefined) return null;
  const raised = limit + (budgetState(state, scope).raised[measure] ?? 0);
  // Dollars that were added to dollars: what is not a billionth of one comes from adding.
  return measure === 'cost' ? Math.round(raised * NANO_USD) / NANO_USD : raised;
}

/** Every limit of a scope and what is known to be used of it. Of time, also that of the turns under way at `now`. */
export function spentOf(state: RunState, scope: BudgetScope, now: number): readonly Spent[] {
  if (!state.policy.budgets) return [];
  return MEASURES.flatMap((measure) => {
    const limit = limitOf(state, scope, measure);
    return limit === null ? [] : [{ scope, measure, limit, used: usedOf(state, scope, measure, now) }];
  });
}

function usedOf(state: RunState, scope: BudgetScope, measure: Measure, now: number): number {
  const used = attemptsIn(state, scope).reduce((sum, attempt) => sum + usedBy(attempt, measure, now), 0);
  return measure === 'cost' ? used / NANO_USD : used;
}

/** Costs in billionths of a dollar, so that their sum is exact. */
function usedBy(attempt: Attempt, measure: Measure, now: number): number {
  const use = useOf(attempt);
  if (measure === 'wall') return use.wallMs + underWayMs(attempt, now);
  return measure === 'turns' ? use.turns : use[measure].known;
}

/** What the turns of an attempt that ended have used up. */
export function useOf({ use }: Attempt): Use {
  return use ?? NO_USE;
}

/** How long the turn under way has taken. A clock that was set back does not make it less than nothing. */
export function underWayMs({ turnStartedAt }: Attempt, now: number): number {
  return turnStartedAt == null ? 0 : Math.max(0, now - turnStartedAt);
}

/** The first limit of the scopes that is used up, if any. */
export function firstMet(state: RunState, scopes: readonly BudgetScope[], now: number): Spent | null {
  for (const scope of scopes) {
    const met = spentOf(state, scope, now).find(({ used, limit }) => used >= limit);
    if (met) return met;
  }
  return null;
}
