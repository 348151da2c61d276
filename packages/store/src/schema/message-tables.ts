import { sql } from 'kysely';
import type { MigrationTarget } from './initial-schema.ts';

/** Schema version 3: what agents and people say to one another. */
export async function messageTables(db: MigrationTarget): Promise<void> {
  for (const name of ['messages', 'questions']) {
    await db.schema
      .createTable(name)
      .addColumn('run_id', 'text', (column) => column.notNull().references('runs.id'))
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('data', 'text', (column) => column.notNull())
      .addColumn('attempt_id', 'text')
      .addPrimaryKeyConstraint(`${name}_key`, ['run_id', 'id'])
      .modifyEnd(sql`strict`)
      .execute();
    await db.schema.createIndex(`${name}_by_id`).on(name).column('id').execute();
  }
}
