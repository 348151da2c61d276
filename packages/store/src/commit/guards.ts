import { readAction } from './read-actions.ts';
import type { Queries } from '../sql-context.ts';
import type { Commit, CommitResult, RunWrite } from '../store.ts';

type Refusal = Exclude<CommitResult, { kind: 'committed' }> | null;

export async function refuseDuplicate(db: Queries, action: Commit['action']): Promise<Refusal> {
  if (action === null) return null;
  const earlier = await readAction(db, action.idempotencyKey);
  return earlier === null ? null : { kind: 'duplicate-action', action: earlier };
}

/** Closes the job where it is still held with that epoch. An expired lease that nobody swept is still held. */
export async function completeJob(db: Queries, job: Commit['completesJob']): Promise<Refusal> {
  if (job === null) return null;
  const closed = await db
    .updateTable('jobs')
    .set({ status: 'done', lease_ends_at: null })
    .where('id', '=', job.jobId)
    .where('epoch', '=', job.epoch)
    .where('status', '=', 'claimed')
    .executeTakeFirst();
  return closed.numUpdatedRows === 0n ? { kind: 'stale-job' } : null;
}

export async function removeTimer(db: Queries, timer: Commit['firesTimer']): Promise<Refusal> {
  if (timer === null) return null;
  const removed = await db
    .deleteFrom('timers')
    .where('id', '=', timer.timerId)
    .where('due_at', '=', timer.dueAt)
    .executeTakeFirst();
  return removed.numDeletedRows === 0n ? { kind: 'stale-timer' } : null;
}

/** A new run must find its branch free, and its design too when it asks for that. */
export async function refuseBusy(db: Queries, run: RunWrite | null): Promise<Refusal> {
  if (run === null || run.before !== null || run.after.endedAt !== null) return null;
  const others = db
    .selectFrom('runs')
    .select('id')
    .where('ended_at', 'is', null)
    .where('id', '!=', run.runId)
    .orderBy('created_at')
    .limit(1);
  if (run.onlyRunOfDesign) {
    const ofDesign = await others.where('design_id', '=', run.after.designId).executeTakeFirst();
    if (ofDesign !== undefined) return { kind: 'design-busy', runId: ofDesign.id };
  }
  const ofBranch = await others
    .where('project_id', '=', run.after.projectId)
    .where('branch', '=', run.after.branch)
    .executeTakeFirst();
  return ofBranch === undefined ? null : { kind: 'branch-busy', runId: ofBranch.id };
}
