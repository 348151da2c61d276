import type { RunEvent } from '../event.ts';
import { allocateIds } from '../ids.ts';
import { isActive, isStuck, unsettledAttempts } from '../queries.ts';
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

/** A parked attempt whose limit is over goes on as soon as it has its place again, unless the run is paused. */
export function resumeParked(state: RunState): readonly RunEvent[] {
  if (state.control !== 'active' || !hasPlace(state)) return [];
  const due = unsettledAttempts(state).find(
    (attempt) => attempt.status === 'parked' && attempt.parkedUntil === null,
  );
  if (!due) return [];
  const jobId = allocateIds(state).next('j');
  return [{ type: 'attempt.resumed', data: { attemptId: due.id, turn: due.turn + 1, jobId } }];
}
