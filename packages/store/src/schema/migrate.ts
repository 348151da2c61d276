import { type Kysely, sql } from 'kysely';
import { StoreError } from '../store-error.ts';
import { placeActions } from './action-places.ts';
import { initialSchema, type MigrationTarget } from './initial-schema.ts';
import { messageTables } from './message-tables.ts';
import type { Tables } from './tables.ts';

type Migration = (db: MigrationTarget) => Promise<void>;

/** In order; the schema version of a store is how many of them were applied. Only ever add at the end. */
const MIGRATIONS: readonly Migration[] = [initialSchema, placeActions, messageTables];

/** The newest schema version that this Tina knows. */
export const NEWEST_SCHEMA = MIGRATIONS.length;

/**
 * Brings a database to the newest schema, in one transaction: two processes that open a new file at the same time, or
 * one that dies on the way, leave nothing half done. (Kysely's own migrator neither locks nor uses a transaction on
 * SQLite.)
 */
export async function migrate(db: Kysely<Tables>, name: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const present = await presentVersion(transaction, name);
    if (present > MIGRATIONS.length) throw tooNew(name, present);
    if (present === MIGRATIONS.length) return;
    for (const migration of MIGRATIONS.slice(present)) await migration(transaction);
    await transaction.updateTable('schema_version').set({ version: MIGRATIONS.length }).execute();
  });
}

/** 0 for an empty database, which gets its version table here. */
async function presentVersion(db: Kysely<Tables>, name: string): Promise<number> {
  const tables = await db.introspection.getTables();
  if (tables.some((table) => table.name === 'schema_version')) {
    const row = await db.selectFrom('schema_version').select('version').executeTakeFirstOrThrow();
    return row.version;
  }
  if (tables.length > 0) throw foreign(name);
  await db.schema
    .createTable('schema_version')
    .addColumn('version', 'integer', (column) => column.notNull())
    .modifyEnd(sql`strict`)
    .execute();
  await db.insertInto('schema_version').values({ version: 0 }).execute();
  return 0;
}

export function tooNew(name: string, version: number): StoreError {
  return new StoreError({
    code: 'store_too_new',
    message: `${name} has schema version ${version}; this Tina knows versions up to ${MIGRATIONS.length}. A newer Tina wrote it.`,
    next: ['Use the newer Tina.', 'Or give this one another state folder: set TINA_HOME.'],
  });
}

export function foreign(name: string): StoreError {
  return new StoreError({
    code: 'store_foreign',
    message: `${name} is a database of another program: it has tables, and none of them is Tina's.`,
    next: [
      'Give Tina another state folder: set TINA_HOME.',
      `Or move the file away: mv '${name}' '${name}.other'`,
    ],
  });
}
