import type { Queries } from '../sql-context.ts';
import type { RunWrite } from '../store.ts';

/** Clears, then sets; setting a timer that is there moves it. */
export async function writeTimers(db: Queries, run: RunWrite): Promise<void> {
  if (run.clearTimers.length > 0) await db.deleteFrom('timers').where('id', 'in', run.clearTimers).execute();
  for (const timer of run.setTimers) {
    const columns = {
      run_id: timer.runId,
      task_id: timer.taskId,
      attempt_id: timer.attemptId,
      due_at: timer.dueAt,
    };
    await db
      .insertInto('timers')
      .values({ id: timer.id, ...columns })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
      .execute();
  }
}

/** Releases, then grants; a grant replaces the lease of an earlier holder. */
export async function writeLeases(db: Queries, run: RunWrite, now: number): Promise<void> {
  if (run.releaseLeases.length > 0) {
    await db.deleteFrom('leases').where('attempt_id', 'in', run.releaseLeases).execute();
  }
  for (const lease of run.grantLeases) {
    const columns = {
      run_id: run.runId,
      node_id: lease.nodeId,
      epoch: lease.epoch,
      lease_ends_at: now + lease.durationMs,
      lease_duration_ms: lease.durationMs,
    };
    await db
      .insertInto('leases')
      .values({ attempt_id: lease.attemptId, ...columns })
      .onConflict((conflict) => conflict.column('attempt_id').doUpdateSet(columns))
      .execute();
  }
}
