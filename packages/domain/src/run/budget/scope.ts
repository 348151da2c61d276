import { mainPhase } from '../../naming/names.ts';
import type { Attempt } from '../attempt.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';

/** What a budget is for. A phase is one of the design, with the remediations of it. */
export type BudgetScope =
  | { readonly kind: 'attempt'; readonly taskId: string; readonly attemptId: string }
  | { readonly kind: 'phase'; readonly phase: string }
  | { readonly kind: 'run' };

/** What budgets a task's work counts against, the widest last; those of an attempt are its own as well. */
export function scopesOf(task: Task, attempt: Attempt | null): readonly BudgetScope[] {
  return [
    ...(attempt ? [attemptScope(attempt)] : []),
    ...(task.phase === null ? [] : [{ kind: 'phase', phase: mainPhase(task.phase) } as const]),
    { kind: 'run' },
  ];
}

export function attemptScope({ id, taskId }: Attempt): BudgetScope {
  return { kind: 'attempt', taskId, attemptId: id };
}

/** Under which name the state keeps what was said of a scope. What a person adds for an attempt is for its whole task. */
export function scopeKey(scope: BudgetScope): string {
  if (scope.kind === 'run') return 'run';
  return scope.kind === 'phase' ? `phase ${scope.phase}` : `attempt ${scope.taskId}`;
}

/** The attempts that a scope is about. */
export function attemptsIn({ attempts, tasks }: RunState, scope: BudgetScope): readonly Attempt[] {
  const all = Object.values(attempts);
  if (scope.kind === 'attempt') return all.filter(({ id }) => id === scope.attemptId);
  if (scope.kind === 'run') return all;
  return all.filter(({ taskId }) => {
    const phase = tasks[taskId]?.phase ?? null;
    return phase !== null && mainPhase(phase) === scope.phase;
  });
}
