import { encode } from '../json.ts';
import type { Queries } from '../sql-context.ts';
import type { RunWrite } from '../store.ts';
import { chunks } from './chunks.ts';

/** Of a job's first holder. */
const FIRST_EPOCH = 1;

/**
 * Withdraws, then enqueues. The row of a withdrawn job stays: its holder's word is stale from here on, and the id is
 * never used again.
 */
export async function writeJobs(db: Queries, run: RunWrite, now: number): Promise<void> {
  for (const ids of chunks(run.withdraw)) {
    await db
      .updateTable('jobs')
      .set({ status: 'withdrawn', lease_ends_at: null })
      .where('id', 'in', ids)
      .where('status', 'in', ['queued', 'claimed'])
      .execute();
  }
  for (const jobs of chunks(run.enqueue)) {
    await db
      .insertInto('jobs')
      .values(
        jobs.map(({ job, nodeId, attemptId, causedBy }) => ({
          id: job.jobId,
          run_id: job.runId,
          node_id: nodeId,
          attempt_id: attemptId,
          kind: job.kind,
          caused_by: causedBy,
          status: 'queued' as const,
          epoch: FIRST_EPOCH,
          queued_at: now,
          data: encode(job),
        })),
      )
      .execute();
  }
}
