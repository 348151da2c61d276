import { type NotNull, sql } from 'kysely';
import { chunks } from '../commit/chunks.ts';
import type { Queries, SqlContext } from '../sql-context.ts';
import type { Sweep } from '../store.ts';
import { writeTransaction } from '../write-transaction.ts';
import { type HeldLease, judgeLease } from './judge-lease.ts';
import { requeueJobs } from './requeue-jobs.ts';

/**
 * Takes jobs from holders whose time is over. An attempt is only named, again by every sweep, until a commit of its run
 * releases the lease: what to do about it is the run's decision.
 */
export function sweep(context: SqlContext): Promise<Sweep> {
  return writeTransaction(context.db, async (transaction) => {
    const jobs = await claimedJobs(transaction);
    const attempts = await heldAttempts(transaction);
    // With nothing held there is nothing to conclude from later, so an idle store writes nothing.
    if (jobs.length + attempts.length === 0) return { requeuedJobs: [], expiredAttempts: [] };

    const now = await context.now(transaction);
    const verdict = judge(now, await lookAtClock(transaction, now));
    await restartLeases(transaction, 'jobs', jobs.filter(verdict('restarted')), now);
    await restartLeases(transaction, 'leases', attempts.filter(verdict('restarted')), now);
    const expiredJobs = jobs.filter(verdict('expired'));
    await requeueJobs(transaction, expiredJobs);
    return {
      requeuedJobs: expiredJobs.map(({ id }) => id),
      expiredAttempts: attempts
        .filter(verdict('expired'))
        .map(({ id, runId, epoch }) => ({ attemptId: id, runId, epoch })),
    };
  });
}

/** The time of the earliest lease end; null when nothing is held. */
export async function nextLeaseEnd(db: Queries): Promise<number | null> {
  const job = await db
    .selectFrom('jobs')
    .select((jobs) => jobs.fn.min('lease_ends_at').as('at'))
    .where('status', '=', 'claimed')
    .executeTakeFirst();
  const attempt = await db
    .selectFrom('leases')
    .select((leases) => leases.fn.min('lease_ends_at').as('at'))
    .executeTakeFirst();
  const ends = [job?.at, attempt?.at].filter((at) => at != null);
  return ends.length === 0 ? null : Math.min(...ends);
}

async function claimedJobs(db: Queries) {
  return await db
    .selectFrom('jobs')
    .select(['id', 'lease_ends_at', 'lease_duration_ms'])
    .where('status', '=', 'claimed')
    .$narrowType<{ lease_ends_at: NotNull; lease_duration_ms: NotNull }>()
    .orderBy('queue_order')
    .execute();
}

async function heldAttempts(db: Queries) {
  return await db
    .selectFrom('leases')
    .select(['attempt_id as id', 'run_id as runId', 'epoch', 'lease_ends_at', 'lease_duration_ms'])
    .orderBy('attempt_id')
    .execute();
}

/** Notes the present time; answers with the one noted before. */
async function lookAtClock(db: Queries, now: number): Promise<number | null> {
  const clock = await db.selectFrom('clocks').select('seen_at').where('id', '=', 'sweep').executeTakeFirst();
  await db
    .insertInto('clocks')
    .values({ id: 'sweep', seen_at: now })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ seen_at: now }))
    .execute();
  return clock?.seen_at ?? null;
}

function judge(now: number, seenAt: number | null) {
  return (wanted: ReturnType<typeof judgeLease>) =>
    (lease: HeldLease): boolean =>
      judgeLease(lease, now, seenAt) === wanted;
}

async function restartLeases(
  db: Queries,
  table: 'jobs' | 'leases',
  held: readonly { readonly id: string }[],
  now: number,
): Promise<void> {
  const end = sql<number>`${now} + lease_duration_ms`;
  for (const chunk of chunks(held)) {
    const ids = chunk.map(({ id }) => id);
    await (
      table === 'jobs'
        ? db.updateTable('jobs').set({ lease_ends_at: end }).where('id', 'in', ids)
        : db.updateTable('leases').set({ lease_ends_at: end }).where('attempt_id', 'in', ids)
    ).execute();
  }
}
