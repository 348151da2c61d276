import { isReviewOfWork, isWritingRole, type Role } from '../policy/role.ts';
import { route, type Routed } from '../policy/route.ts';
import type { Route } from '../policy/routing-policy.ts';
import type { Attempt } from './attempt.ts';
import type { RunState } from './state.ts';
import type { Task } from './task.ts';

/** Who does a task's next piece of work; null when every reviewer that there is would look at work of its own. */
export function routeOf(state: RunState, task: Task, role: Role, now: number): Routed | null {
  return route(state.policy, {
    role,
    phase: task.phase,
    task: task.spec,
    authors: isReviewOfWork(role) ? authorsOf(state, task) : [],
    limited: limitedRoutes(state, now),
  });
}

/** Who has met a limit of which nobody says that it is over. */
export function limitedRoutes(state: RunState, now: number): readonly Route[] {
  return Object.values(state.attempts).filter(({ limitedUntil = 0 }) => limitedUntil > now);
}

/** Whose work a review of the task is about: that of the task, or of all tasks of its phase. */
function authorsOf(state: RunState, task: Task): readonly Attempt[] {
  const isReviewed = ({ taskId }: Attempt): boolean =>
    task.kind === 'review-phase' ? state.tasks[taskId]?.phase === task.phase : taskId === task.id;
  return Object.values(state.attempts).filter(
    (attempt) => attempt.status === 'succeeded' && isWritingRole(attempt.role) && isReviewed(attempt),
  );
}
