import type { Attempt } from '../attempt.ts';
import { isSameRoute, routeText } from '../../policy/route.ts';
import { attemptFailed } from '../decide/decision.ts';
import type { RunEvent } from '../event.ts';
import { allocateIds } from '../ids.ts';
import { taskOf } from '../lookup.ts';
import { isDue, metBy } from './budget-rules.ts';
import { isActive, isStuck, unsettledAttempts } from '../queries.ts';
import { limitedRoutes, routeOf } from '../routes.ts';
import { hasPlace } from '../slots.ts';
import type { RunState } from '../state.ts';

/** Whatever ended is cleared away: host, session, slot. */
export function settleAttempts(state: RunState): readonly RunEvent[] {
  const ended = unsettledAttempts(state).find(
    (attempt) => !isActive(attempt) && attempt.jobId === null && !isStuck(attempt),
  );
  if (!ended) return [];
  return [{ type: 'attempt.settling', data: { attemptId: ended.id, jobId: allocateIds(state).next('j') } }];
}

/** An attempt that has met a limit gives way to an agent or a model that has not, where the policy names one (G15). */
export function fallBack(state: RunState, now: number): readonly RunEvent[] {
  if (state.control !== 'active' || !state.policy.routing?.fallback.length) return [];
  const limited = limitedRoutes(state, now);
  for (const attempt of unsettledAttempts(state)) {
    const { role, status, parkedUntil, backoff } = attempt;
    if (status !== 'parked' || parkedUntil === null || backoff) continue;
    const other = routeOf(state, taskOf(state, attempt.taskId), role, now);
    if (other === null || [attempt, ...limited].some((one) => isSameRoute(one, other))) continue;
    const message = `${routeText(attempt)} has met its limit; ${routeText(other)} takes over.`;
    return [attemptFailed(attempt, { kind: 'limit', message, output: null, next: [] })];
  }
  return [];
}

/** A parked attempt whose wait is over goes on as soon as it has its place again, unless the run is paused or a budget used up. */
export function resumeParked(state: RunState, now: number): readonly RunEvent[] {
  if (state.control !== 'active' || !hasPlace(state)) return [];
  const due = unsettledAttempts(state).find(
    (attempt) => isDue(attempt) && metBy(state, attempt, now) === null,
  );
  if (!due) return [];
  const jobId = allocateIds(state).next('j');
  const message = messageTo(due);
  const turn = { attemptId: due.id, turn: due.turn + 1, jobId };
  return [{ type: 'attempt.resumed', data: { ...turn, ...(message === null ? {} : { message }) } }];
}

const SERVED_AGAIN =
  'The service of your model did not answer for a while. Go on where you stopped, and report when you are done.';

function messageTo({ pendingMessage, backoff }: Attempt): string | null {
  return pendingMessage ?? (backoff ? SERVED_AGAIN : null);
}
