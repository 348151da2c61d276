import type { Queries, SqlContext } from '../sql-context.ts';
import type { LeaseLoss, LeaseRenewal } from '../store.ts';
import { writeTransaction } from '../write-transaction.ts';
import { isPresent } from './register-node.ts';

/** What is not held with the named epoch by this incarnation is lost, and is told so; the rest is held on. */
export function renewLeases(context: SqlContext, renewal: LeaseRenewal): Promise<LeaseLoss> {
  const jobs = renewal.jobs.map(({ jobId, epoch }) => ({ id: jobId, epoch }));
  const attempts = renewal.attempts.map(({ attemptId, epoch }) => ({ id: attemptId, epoch }));
  return writeTransaction(context.db, async (transaction) => {
    const now = await context.now(transaction);
    const present = await isPresent(transaction, renewal.nodeId, renewal.incarnation);
    const heldJobs = present ? await renewJobs(transaction, renewal, jobs, now) : [];
    const heldAttempts = present ? await renewAttempts(transaction, renewal, attempts, now) : [];
    return { lostJobs: lost(jobs, heldJobs), lostAttempts: lost(attempts, heldAttempts) };
  });
}

interface Held {
  readonly id: string;
  readonly epoch: number;
}

async function renewJobs(
  db: Queries,
  renewal: LeaseRenewal,
  asked: readonly Held[],
  now: number,
): Promise<readonly Held[]> {
  if (asked.length === 0) return [];
  const rows = await db
    .selectFrom('jobs')
    .select(['id', 'epoch'])
    .where('id', 'in', ids(asked))
    .where('status', '=', 'claimed')
    .where('node_id', '=', renewal.nodeId)
    .execute();
  const held = both(asked, rows);
  if (held.length > 0) {
    await db.updateTable('jobs').set(extension(renewal, now)).where('id', 'in', ids(held)).execute();
  }
  return held;
}

async function renewAttempts(
  db: Queries,
  renewal: LeaseRenewal,
  asked: readonly Held[],
  now: number,
): Promise<readonly Held[]> {
  if (asked.length === 0) return [];
  const rows = await db
    .selectFrom('leases')
    .select(['attempt_id as id', 'epoch'])
    .where('attempt_id', 'in', ids(asked))
    .where('node_id', '=', renewal.nodeId)
    .execute();
  const held = both(asked, rows);
  if (held.length > 0) {
    await db
      .updateTable('leases')
      .set(extension(renewal, now))
      .where('attempt_id', 'in', ids(held))
      .execute();
  }
  return held;
}

function extension(renewal: LeaseRenewal, now: number) {
  return { lease_ends_at: now + renewal.leaseDurationMs, lease_duration_ms: renewal.leaseDurationMs };
}

function both(asked: readonly Held[], rows: readonly Held[]): readonly Held[] {
  const epochs = new Map(rows.map(({ id, epoch }) => [id, epoch]));
  return asked.filter(({ id, epoch }) => epochs.get(id) === epoch);
}

function lost(asked: readonly Held[], held: readonly Held[]): readonly string[] {
  const kept = new Set(held);
  return ids(asked.filter((item) => !kept.has(item)));
}

function ids(items: readonly Held[]): readonly string[] {
  return items.map(({ id }) => id);
}
