import type { Queries } from '../sql-context.ts';
import type { ControlAction } from '../records.ts';

export async function insertAction(db: Queries, action: ControlAction): Promise<void> {
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
    })
    .execute();
}
