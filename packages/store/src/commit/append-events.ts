import type { RecordedEvent } from '@tina/domain';
import { encode } from '../json.ts';
import type { Queries } from '../sql-context.ts';
import { chunks } from './chunks.ts';

/** Answers with the sequence of the last one; null when there are none. */
export async function appendEvents(db: Queries, events: readonly RecordedEvent[]): Promise<number | null> {
  let last: number | null = null;
  for (const chunk of chunks(events)) {
    const rows = await db
      .insertInto('events')
      .values(
        chunk.map((event) => ({
          run_id: event.runId,
          number: event.number,
          type: event.type,
          at: event.at,
          data: encode(event.data),
        })),
      )
      .returning('sequence')
      .execute();
    last = rows.reduce((highest, { sequence }) => Math.max(highest, sequence), last ?? 0);
  }
  return last;
}
