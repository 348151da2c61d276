import type { Queries } from '../sql-context.ts';
import type { ControlAction } from '../records.ts';
import { runRevision } from '../run/list-runs.ts';
import type { RunWrite } from '../store.ts';

/** Notes with the action where in its run it belongs, so that one timeline shows it between the right events. */
export async function insertAction(db: Queries, action: ControlAction, run: RunWrite | null): Promise<void> {
  const { after, last } = await placeOf(db, action.runId, run);
  await db
    .insertInto('actions')
    .values({
      id: action.id,
      idempotency_key: action.idempotencyKey,
      run_id: action.runId,
      kind: action.kind,
      requested_by: action.requestedBy,
      payload: action.payload,
      outcome: action.outcome,
      reason_code: action.reasonCode,
      answer: action.answer,
      requested_at: action.requestedAt,
      after_event: after,
      last_event: last,
    })
    .execute();
}

async function placeOf(
  db: Queries,
  runId: string | null,
  run: RunWrite | null,
): Promise<{ readonly after: number | null; readonly last: number | null }> {
  if (run !== null && run.runId === runId) {
    return { after: run.expectedRevision, last: run.expectedRevision + run.events.length };
  }
  const revision = runId === null ? null : await runRevision(db, runId);
  return { after: revision, last: revision };
}
