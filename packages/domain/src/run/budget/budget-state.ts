import type { Budget, Measure } from '../../policy/budget.ts';
import type { RunState } from '../state.ts';
import { type BudgetScope, scopeKey } from './scope.ts';

/** What became of the budgets of a scope while the run goes on. */
export interface BudgetState {
  /** What people added to the limits. */
  readonly raised: Budget;
  /** The limits of which a warning was given, since they were raised last: of the run, a phase, or an attempt by its id. */
  readonly warned: readonly string[];
  /** What whoever was asked said against more; null when nobody did. */
  readonly refused: string | null;
}

const UNTOUCHED: BudgetState = { raised: {}, warned: [], refused: null };

export function budgetState(state: RunState, scope: BudgetScope): BudgetState {
  return state.budgets?.[scopeKey(scope)] ?? UNTOUCHED;
}

export function patchBudget(state: RunState, scope: BudgetScope, patch: Partial<BudgetState>): RunState {
  const patched = { ...budgetState(state, scope), ...patch };
  return { ...state, budgets: { ...state.budgets, [scopeKey(scope)]: patched } };
}

/** A warning of a scope, as `warned` keeps it. */
export function warningKey(scope: BudgetScope, measure: Measure, why: 'near' | 'unknown'): string {
  const of = scope.kind === 'attempt' ? `${scope.attemptId} ` : '';
  return why === 'near' ? `${of}${measure}` : `unknown ${measure}`;
}
