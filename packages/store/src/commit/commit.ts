import type { Queries, SqlContext } from '../sql-context.ts';
import type { Commit, CommitResult } from '../store.ts';
import { writeTransaction } from '../write-transaction.ts';
import { insertAction } from './insert-action.ts';
import { saveDocument } from '../design/documents.ts';
import { insertToken } from '../node/tokens.ts';
import { lastSequence } from '../run/read-events.ts';
import { assertConsistent } from './assert-consistent.ts';
import { appendEvents } from './append-events.ts';
import { completeJob, refuseBusy, refuseDuplicate, removeTimer } from './guards.ts';
import { writeEntities } from './write-entities.ts';
import { writeJobs } from './write-jobs.ts';
import { writeRunRow } from './write-run-row.ts';
import { writeSnapshot } from './write-snapshot.ts';
import { writeLeases, writeTimers } from './write-timers-and-leases.ts';

/**
 * All of a commit, or nothing (G01). Guards come first, in the order in which a caller must hear of them: an action that
 * was done before is answered even when everything it touched has moved on.
 */
export async function commit(context: SqlContext, write: Commit): Promise<CommitResult> {
  if (write.run !== null) assertConsistent(write.run);
  return await writeTransaction(
    context.db,
    (transaction) => apply(context, transaction, write),
    (result) => result.kind === 'committed',
  );
}

async function apply(context: SqlContext, db: Queries, write: Commit): Promise<CommitResult> {
  const refusal =
    (await refuseDuplicate(db, write.action)) ??
    (await completeJob(db, write.completesJob)) ??
    (await removeTimer(db, write.firesTimer)) ??
    (await refuseBusy(db, write.run));
  if (refusal !== null) return refusal;

  let appended: number | null = null;
  if (write.run !== null) {
    const now = await context.now(db);
    const written = await writeRunRow(db, write.run, context.model.status(write.run.after), now);
    if (!written) return { kind: 'revision-conflict' };
    appended = await appendEvents(db, write.run.events);
    await writeEntities(db, write.run);
    await writeSnapshot(db, write.run);
    await writeJobs(db, write.run, now);
    await writeTimers(db, write.run);
    await writeLeases(db, write.run, now);
  }
  for (const document of write.documents) await saveDocument(db, document);
  for (const token of write.tokens) await insertToken(db, token);
  if (write.action !== null) await insertAction(db, write.action, write.run);
  return { kind: 'committed', lastSequence: appended ?? (await lastSequence(db)) };
}
