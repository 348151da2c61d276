import type { Job } from '@tina/domain';
import { decode } from '../json.ts';
import type { Queries } from '../sql-context.ts';
import type { JobFilter, JobRow } from '../store.ts';

export async function listJobs(db: Queries, filter: JobFilter): Promise<readonly JobRow[]> {
  let jobs = db
    .selectFrom('jobs')
    .selectAll()
    .where('status', 'in', ['queued', 'claimed'])
    .orderBy('queue_order');
  if (filter.runId !== undefined) jobs = jobs.where('run_id', '=', filter.runId);
  if (filter.nodeId !== undefined) jobs = jobs.where('node_id', '=', filter.nodeId);
  const rows = await jobs.execute();
  return rows.map((row) => ({
    job: decode<Job>(row.data),
    nodeId: row.node_id,
    attemptId: row.attempt_id,
    status: row.status === 'claimed' ? 'claimed' : 'queued',
    epoch: row.epoch,
    leaseEndsAt: row.lease_ends_at,
    queuedAt: row.queued_at,
  }));
}
