import { writeEntities } from '../commit/write-entities.ts';
import { writeJobs } from '../commit/write-jobs.ts';
import { writeRunRow } from '../commit/write-run-row.ts';
import { writeLeases, writeTimers } from '../commit/write-timers-and-leases.ts';
import type { RunEntities } from '../run/run-row.ts';
import type { Queries, SqlContext } from '../sql-context.ts';
import type { RunWrite } from '../store.ts';
import { writeTransaction } from '../write-transaction.ts';
import type { RunMend } from './audit.ts';
import { mendCopies } from './wrong-copies.ts';

/** Puts right what stands beside the state of a run. False, and nothing is done, when the run has moved on. */
export function mendRun(context: SqlContext, mend: RunMend): Promise<boolean> {
  return writeTransaction(
    context.db,
    (db) => apply(context, db, mend),
    (isMended) => isMended,
  );
}

async function apply(context: SqlContext, db: Queries, mend: RunMend): Promise<boolean> {
  const write = asWrite(mend);
  const { runId, expectedRevision } = write;
  const now = await context.now(db);
  const status = context.model.status(mend.state);
  if (mend.replacesRows) {
    if (!(await writeRunRow(db, write, status, now))) return false;
    await replaceEntities(db, write);
  } else {
    const updated = await db
      .updateTable('runs')
      .set({ status })
      .where('id', '=', runId)
      .where('revision', '=', expectedRevision)
      .executeTakeFirst();
    if (updated.numUpdatedRows === 0n) return false;
  }
  await mendCopies(db, runId);
  if (mend.dropsSnapshots) await db.deleteFrom('snapshots').where('run_id', '=', runId).execute();
  await writeJobs(db, write, now);
  await requeue(db, runId, mend.requeue);
  await writeTimers(db, write);
  await writeLeases(db, write, now);
  for (const attemptId of mend.dropTokens) {
    await db.deleteFrom('tokens').where('run_id', '=', runId).where('attempt_id', '=', attemptId).execute();
  }
  return true;
}

/** A write without events. */
function asWrite({ state, ...mend }: RunMend): RunWrite {
  const { withdraw, setTimers, clearTimers, grantLeases, releaseLeases } = mend;
  return {
    runId: state.id,
    expectedRevision: state.revision,
    before: state,
    after: state,
    events: [],
    enqueue: [],
    withdraw,
    setTimers,
    clearTimers,
    grantLeases,
    releaseLeases,
    onlyRunOfDesign: false,
  };
}

const ENTITIES: readonly (keyof RunEntities)[] = [
  'teams',
  'tasks',
  'attempts',
  'findings',
  'gates',
  'messages',
  'questions',
];

async function replaceEntities(db: Queries, write: RunWrite): Promise<void> {
  for (const table of ENTITIES) {
    await db.deleteFrom<keyof RunEntities>(table).where('run_id', '=', write.runId).execute();
  }
  await writeEntities(db, { ...write, before: null });
}

/** Like a job whose holder died: what an earlier holder still says of it is stale (G10). */
async function requeue(db: Queries, runId: string, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await db
      .updateTable('jobs')
      .set(({ eb }) => ({
        status: 'queued' as const,
        epoch: eb('epoch', '+', 1),
        incarnation: null,
        lease_ends_at: null,
        lease_duration_ms: null,
      }))
      .where('id', '=', id)
      .where('run_id', '=', runId)
      .where('status', 'in', ['done', 'withdrawn'])
      .execute();
  }
}
