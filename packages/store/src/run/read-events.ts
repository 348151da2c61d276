import { decode } from '../json.ts';
import type { EventRow } from '../schema/tables.ts';
import type { Queries } from '../sql-context.ts';
import type { EventRange, StoredEvent } from '../store.ts';

export async function readEvents(db: Queries, range: EventRange): Promise<readonly StoredEvent[]> {
  const events = db.selectFrom('events').selectAll().limit(range.limit);
  const rows = await (
    range.runId === null
      ? events.where('sequence', '>', range.after).orderBy('sequence')
      : events.where('run_id', '=', range.runId).where('number', '>', range.after).orderBy('number')
  ).execute();
  return rows.map(toStoredEvent);
}

/** 0 before the first event. */
export async function lastSequence(db: Queries): Promise<number> {
  const row = await db
    .selectFrom('events')
    .select('sequence')
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.sequence ?? 0;
}

function toStoredEvent(row: Omit<EventRow, 'sequence'> & { readonly sequence: number }): StoredEvent {
  return {
    type: row.type,
    data: decode(row.data),
    runId: row.run_id,
    number: row.number,
    at: row.at,
    sequence: row.sequence,
  } as StoredEvent;
}
