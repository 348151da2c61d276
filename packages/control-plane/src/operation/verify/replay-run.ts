import { HistoryCheck, type RunState } from '@tina/domain';
import { type Store, StoreError } from '@tina/store';
import { byHand, type Finding } from './finding.ts';

const BATCH = 1_000;

/** A run's history, folded from its first event. */
export interface Replay {
  readonly events: number;
  /** The state after the last event; null when an event could not be folded in. */
  readonly last: RunState | null;
  /** The states at the revisions that were asked for. */
  readonly at: ReadonlyMap<number, RunState>;
  readonly findings: readonly Finding[];
}

/** Folds every event of a run, and looks at each of them for what must never be so. */
export async function replayRun(store: Store, runId: string, revisions: readonly number[]): Promise<Replay> {
  const at = new Map<number, RunState>();
  const history = new HistoryCheck();
  let events = 0;
  const end = (problem: string | null): Replay => {
    const broken = problem === null ? [] : [byHand('replay', runId, problem, restore(runId))];
    const last = problem === null ? history.state : null;
    return { events, last, at, findings: [...broken, ...violationsOf(history, runId)] };
  };
  for (let isMore = true; isMore;) {
    const batch = await store.readEvents({ runId, after: events, limit: BATCH }).catch(asText);
    if (typeof batch === 'string') return end(`events after ${events} cannot be read: ${batch}`);
    for (const { sequence: _, ...event } of batch) {
      try {
        history.take(event);
      } catch (error) {
        return end(`event ${event.number} (${event.type}) does not follow: ${messageOf(error)}`);
      }
      events += 1;
      if (history.state && revisions.includes(events)) at.set(events, history.state);
    }
    isMore = batch.length === BATCH;
  }
  return end(events === 0 ? 'it has no events' : null);
}

function violationsOf(history: HistoryCheck, runId: string): readonly Finding[] {
  return history
    .violations()
    .map(({ guarantee, subject, message, event }) =>
      byHand('invariant', subject, `${guarantee} does not hold at event ${event}: ${message}`, [
        `tina events ${runId}`,
        `tina status ${runId}`,
      ]),
    );
}

/** Events are the truth: what they lost, only a copy of them has. */
export function restore(runId: string): readonly string[] {
  return [`tina events ${runId}`, 'tina daemon stop, and put a copy of tina.db from before in its place'];
}

/** What is wrong with the run. What is wrong with the database is thrown on. */
export function asText(error: unknown): string {
  if (error instanceof StoreError) throw error;
  return messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
