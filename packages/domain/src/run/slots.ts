import { isStuck, unsettledAttempts } from './queries.ts';
import type { RunState } from './state.ts';

/**
 * Whether one more may work: fewer do than the policy allows. Attempts that are parked, and those that could not be
 * settled, keep their slot and leave their place to others.
 */
export function hasPlace(state: RunState): boolean {
  const working = unsettledAttempts(state).filter(
    (attempt) => attempt.status !== 'parked' && !isStuck(attempt),
  );
  return working.length + slotsOfJobs(state).length < state.policy.parallelAgents;
}

/** The slot for the next piece of work: the lowest that nothing holds, or null when there is no place. */
export function freeSlot(state: RunState): number | null {
  if (!hasPlace(state)) return null;
  const held = new Set([...slotsOfJobs(state), ...unsettledAttempts(state).map((attempt) => attempt.slot)]);
  let slot = 1;
  while (held.has(slot)) slot += 1;
  return slot;
}

/** Slots that can be removed after the end: those that no attempt's remains are in. */
export function removableSlots(state: RunState): readonly number[] {
  const held = new Set(unsettledAttempts(state).map((attempt) => attempt.slot));
  return state.slots.filter((slot) => !held.has(slot));
}

function slotsOfJobs(state: RunState): readonly number[] {
  return Object.values(state.tasks).flatMap(({ waitsFor }) =>
    waitsFor?.kind === 'job' && waitsFor.slot !== null ? [waitsFor.slot] : [],
  );
}
