import type { Job } from '@tina/domain';
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import { decode } from '../json.ts';
import type { Tables } from '../schema/tables.ts';
import type { Queries, SqlContext } from '../sql-context.ts';
import type { ClaimedJob, JobClaim } from '../store.ts';
import { writeTransaction } from '../write-transaction.ts';
import { isPresent } from './register-node.ts';

export function claimJobs(context: SqlContext, claim: JobClaim): Promise<readonly ClaimedJob[]> {
  return writeTransaction(context.db, async (transaction) => {
    if (!(await isPresent(transaction, claim.nodeId, claim.incarnation))) return [];
    const jobs = await oldestJobs(transaction, claim);
    if (jobs.length === 0) return [];
    const now = await context.now(transaction);
    await transaction
      .updateTable('jobs')
      .set({
        status: 'claimed',
        incarnation: claim.incarnation,
        lease_ends_at: now + claim.leaseDurationMs,
        lease_duration_ms: claim.leaseDurationMs,
      })
      .where(
        'id',
        'in',
        jobs.map(({ id }) => id),
      )
      .execute();
    return jobs.map(({ data, epoch }) => ({ job: decode<Job>(data), epoch }));
  });
}

/** Agents that have to wait for room do not hold up the other jobs behind them. */
async function oldestJobs(db: Queries, claim: JobClaim): Promise<Awaited<ReturnType<typeof queuedJobs>>> {
  const agents = await queuedJobs(db, claim, true, Math.min(claim.limit, claim.agentCapacity));
  const others = await queuedJobs(db, claim, false, claim.limit);
  return [...agents, ...others].toSorted((a, b) => a.queue_order - b.queue_order).slice(0, claim.limit);
}

async function queuedJobs(db: Queries, claim: JobClaim, needsRoom: boolean, limit: number) {
  if (limit <= 0) return [];
  const jobs = db
    .selectFrom('jobs')
    .select(['queue_order', 'id', 'epoch', 'data'])
    .where('node_id', '=', claim.nodeId)
    .where('status', '=', 'queued')
    .where((job) => (needsRoom ? putsToWork(job, claim) : job.not(putsToWork(job, claim))))
    .orderBy('queue_order')
    .limit(limit);
  return await (claim.kinds === undefined ? jobs : jobs.where('kind', 'in', claim.kinds)).execute();
}

/** Whether a job puts an agent to work that was not, and so needs room on the node. */
function putsToWork(
  job: ExpressionBuilder<Tables, 'jobs'>,
  { parkedAttempts }: JobClaim,
): Expression<SqlBool> {
  const starts = job('kind', '=', 'start-agent');
  if (parkedAttempts.length === 0) return starts;
  const continues = job('kind', '=', 'continue-agent');
  return starts.or(continues.and(job('attempt_id', 'in', parkedAttempts)));
}
