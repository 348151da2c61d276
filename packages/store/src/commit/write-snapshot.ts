import { encode } from '../json.ts';
import type { Queries } from '../sql-context.ts';
import type { RunWrite } from '../store.ts';

/** Loading a run folds at most this many events: a few milliseconds. */
const EVENTS_PER_SNAPSHOT = 256;

/** With two, a damaged one can be deleted without folding the run from its start. */
const SNAPSHOTS_KEPT = 2;

/** Keeps the state whenever a commit passed a multiple of 256 events. */
export async function writeSnapshot(db: Queries, run: RunWrite): Promise<void> {
  const { runId, expectedRevision, after } = run;
  const interval = (revision: number): number => Math.floor(revision / EVENTS_PER_SNAPSHOT);
  if (interval(after.revision) === interval(expectedRevision)) return;
  await db
    .insertInto('snapshots')
    .values({ run_id: runId, number: after.revision, state: encode(after) })
    .execute();
  const kept = db
    .selectFrom('snapshots')
    .select('number')
    .where('run_id', '=', runId)
    .orderBy('number', 'desc')
    .limit(SNAPSHOTS_KEPT);
  await db.deleteFrom('snapshots').where('run_id', '=', runId).where('number', 'not in', kept).execute();
}
