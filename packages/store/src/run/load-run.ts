import type { RunState } from '@tina/domain';
import { decode } from '../json.ts';
import type { SqlContext } from '../sql-context.ts';
import { readEvents } from './read-events.ts';

const ALL = Number.MAX_SAFE_INTEGER;

/**
 * The newest snapshot with the events after it. Two statements need no transaction: events are only ever added, so the
 * second can at most see more of them.
 */
export async function loadRun({ db, model }: SqlContext, runId: string): Promise<RunState | null> {
  const snapshot = await db
    .selectFrom('snapshots')
    .select(['number', 'state'])
    .where('run_id', '=', runId)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const events = await readEvents(db, { runId, after: snapshot?.number ?? 0, limit: ALL });
  if (snapshot !== undefined) return events.reduce(model.evolve, completed(decode(snapshot.state)));
  const [first, ...rest] = events;
  return first === undefined ? null : rest.reduce(model.evolve, model.initial(first));
}

/** Snapshots of a Tina that knew no messages lack them; there were none. */
function completed(snapshot: RunState): RunState {
  return { ...snapshot, messages: snapshot.messages ?? {}, questions: snapshot.questions ?? {} };
}
