import type { Measure } from '../../policy/budget.ts';
import { taskOf } from '../lookup.ts';
import type { RunState } from '../state.ts';
import type { BudgetScope } from './scope.ts';
import type { Spent } from './spent.ts';

/** `Phase 1 has used $4.12 of $4.00`: what a person is told of a budget. */
export function spentText(state: RunState, { scope, measure, used, limit }: Spent): string {
  const what = measure === 'tokens' || measure === 'turns' ? ` ${measure}` : '';
  const verb = measure === 'wall' ? 'has worked' : 'has used';
  return `${scopeText(state, scope)} ${verb} ${amountText(measure, used)} of ${amountText(measure, limit)}${what}`;
}

function scopeText(state: RunState, scope: BudgetScope): string {
  if (scope.kind === 'run') return 'The run';
  if (scope.kind === 'phase') return `Phase ${scope.phase}`;
  return `Attempt ${scope.attemptId} of ${taskOf(state, scope.taskId).name}`;
}

/** `$4.12`, `120,000`, `2h05m`. */
function amountText(measure: Measure, amount: number): string {
  if (measure === 'cost') return `$${amount.toFixed(amount > 0 && amount < 1 ? 4 : 2)}`;
  return measure === 'wall' ? durationText(amount) : String(amount).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `45s`, `3m20s`, `2h05m`. */
export function durationText(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const pair = (large: number, unit: string, small: number, smallUnit: string): string =>
    `${large}${unit}${String(small).padStart(2, '0')}${smallUnit}`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, 'm', seconds % 60, 's');
  return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'm');
}
