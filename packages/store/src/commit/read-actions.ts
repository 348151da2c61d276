import type { Queries } from '../sql-context.ts';
import type { ActionRange, ControlAction, StoredAction } from '../records.ts';

export async function readAction(db: Queries, idempotencyKey: string): Promise<ControlAction | null> {
  const row = await actions(db).where('idempotency_key', '=', idempotencyKey).executeTakeFirst();
  return row ?? null;
}

export async function readActions(db: Queries, range: ActionRange): Promise<readonly StoredAction[]> {
  let found = actions(db)
    .select(['sequence', 'after_event as afterEvent', 'last_event as lastEvent'])
    .where('sequence', '>', range.after)
    .orderBy('sequence')
    .limit(range.limit);
  if (range.runId !== null) found = found.where('run_id', '=', range.runId);
  if (range.fromEvent > 0) found = found.where('after_event', '>=', range.fromEvent);
  return await found.execute();
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
