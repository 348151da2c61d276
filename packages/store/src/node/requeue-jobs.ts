import { sql } from 'kysely';
import { chunks } from '../commit/chunks.ts';
import type { Queries } from '../sql-context.ts';

/** Back into the queue at their old place; the higher epoch makes whatever the last holder says stale (G10). */
export async function requeueJobs(db: Queries, jobs: readonly { readonly id: string }[]): Promise<void> {
  for (const chunk of chunks(jobs)) {
    await db
      .updateTable('jobs')
      .set({
        status: 'queued',
        epoch: sql`epoch + 1`,
        incarnation: null,
        lease_ends_at: null,
        lease_duration_ms: null,
      })
      .where(
        'id',
        'in',
        chunk.map(({ id }) => id),
      )
      .execute();
  }
}
