import { resolve } from 'node:path';
import { Kysely } from 'kysely';
import type { RunModel } from './run-model.ts';
import { migrate } from './schema/migrate.ts';
import type { Tables } from './schema/tables.ts';
import { sqlStore } from './sql-store.ts';
import { checkIntegrity } from './sqlite/check-integrity.ts';
import { ImmediateDialect } from './sqlite/immediate-dialect.ts';
import { openDatabase } from './sqlite/open-database.ts';
import type { Store } from './store.ts';

export interface SqliteStoreOptions {
  /** The database file, made with its folder when there is none; or `:memory:`, gone when the store is closed. */
  readonly path: string;
  readonly model: RunModel;
  /** Milliseconds since the epoch; the machine's clock by default. */
  readonly clock?: () => number;
}

/**
 * The store in one SQLite file, which several processes may have open at the same time.
 *
 * @throws StoreError when the file cannot be used, or not safely; nothing is half done then
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const path = options.path === ':memory:' ? options.path : resolve(options.path);
  const clock = options.clock ?? Date.now;
  const sqlite = openDatabase(path);
  const db = new Kysely<Tables>({ dialect: new ImmediateDialect(sqlite, path) });
  try {
    await migrate(db, path);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    ...sqlStore({ db, model: options.model, now: () => Promise.resolve(clock()) }),
    checkIntegrity: () => Promise.resolve(checkIntegrity(sqlite)),
    close: () => db.destroy(),
  };
}
