import { sql } from 'kysely';
import type { MigrationTarget } from './initial-schema.ts';

/**
 * Schema version 2: control actions have an order of their own and a place among the events of their run. For those that
 * are there, time says where that was; what they caused was not noted.
 */
export async function placeActions(db: MigrationTarget): Promise<void> {
  await sql`alter table actions rename to actions_before`.execute(db);
  await sql`drop index actions_of_run`.execute(db);
  await sql`drop index actions_by_age`.execute(db);
  await db.schema
    .createTable('actions')
    .addColumn('sequence', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('idempotency_key', 'text', (column) => column.notNull().unique())
    .addColumn('run_id', 'text')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('requested_by', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('reason_code', 'text')
    .addColumn('answer', 'text', (column) => column.notNull())
    .addColumn('requested_at', 'integer', (column) => column.notNull())
    .addColumn('after_event', 'integer')
    .addColumn('last_event', 'integer')
    .modifyEnd(sql`strict`)
    .execute();
  await copyActions(db);
  await sql`drop table actions_before`.execute(db);
  await db.schema.createIndex('actions_of_run').on('actions').columns(['run_id', 'sequence']).execute();
}

async function copyActions(db: MigrationTarget): Promise<void> {
  const columns = sql.raw(
    'id, idempotency_key, run_id, kind, requested_by, payload, outcome, reason_code, answer, requested_at',
  );
  const place = sql`case when run_id is null then null else (
    select coalesce(max(events.number), 0) from events
    where events.run_id = actions_before.run_id and events.at < actions_before.requested_at
  ) end`;
  await sql`
    insert into actions (${columns}, after_event, last_event)
    select ${columns}, ${place}, ${place}
    from actions_before order by requested_at, id
  `.execute(db);
}
