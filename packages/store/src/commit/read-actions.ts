import type { Queries } from '../sql-context.ts';
import type { ControlAction } from '../records.ts';

export async function readAction(db: Queries, idempotencyKey: string): Promise<ControlAction | null> {
  const row = await actions(db).where('idempotency_key', '=', idempotencyKey).executeTakeFirst();
  return row ?? null;
}

export async function listActions(
  db: Queries,
  runId: string | null,
  limit: number,
): Promise<readonly ControlAction[]> {
  const newest = actions(db).orderBy('requested_at', 'desc').orderBy('id', 'desc').limit(limit);
  return await (runId === null ? newest : newest.where('run_id', '=', runId)).execute();
}

function actions(db: Queries) {
  return db
    .selectFrom('actions')
    .select([
      'id',
      'idempotency_key as idempotencyKey',
      'run_id as runId',
      'kind',
      'requested_by as requestedBy',
      'payload',
      'outcome',
      'reason_code as reasonCode',
      'answer',
      'requested_at as requestedAt',
    ]);
}
