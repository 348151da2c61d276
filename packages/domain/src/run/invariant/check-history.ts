import type { RecordedEvent } from '../event.ts';
import type { RunState } from '../state.ts';
import { HistoryCheck, type HistoryViolation } from './history-check.ts';
import type { Violation } from './violation.ts';

/**
 * What must never be so and is, in a run's whole history from its first event; empty when all is well. An event that does
 * not follow the ones before it is a violation of replay (G02), and ends the look.
 */
export function checkHistory(events: Iterable<RecordedEvent>): readonly HistoryViolation[] {
  const history = new HistoryCheck();
  for (const event of events) {
    try {
      history.take(event);
    } catch (error) {
      const { runId: subject, number, type } = event;
      const message = `Event ${number} (${type}) does not follow: ${String(error)}`;
      return [...history.violations(), { guarantee: 'G02', subject, message, event: number }];
    }
  }
  return history.violations();
}

/**
 * What one commit did that must never be so; empty when all is well. Cheap enough to be asked after every commit: it looks
 * at the new events and at the state after them, and not at what came before.
 *
 * @param before null for the first commit of a run
 * @param after what the caller made of the events: it is compared with their fold by its revision only
 */
export function checkTransition(
  before: RunState | null,
  after: RunState,
  events: readonly RecordedEvent[],
): readonly Violation[] {
  const history = new HistoryCheck(before);
  for (const event of events) history.take(event);
  const folded = history.state?.revision ?? 0;
  const violations = history.violations();
  if (folded === after.revision) return violations;
  const message = `The state is at event ${after.revision}, and its events end at ${folded}.`;
  return [...violations, { guarantee: 'G02', subject: after.id, message }];
}
