import { openSqliteStore } from '@tina/store';
import { DatabaseSync } from 'node:sqlite';

/** A store as it is after `sql`, made by this version where there is none. */
export async function makeStore(path: string, sql: string): Promise<void> {
  await (await openSqliteStore({ path, model: { initial: never, evolve: never, status: never } })).close();
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  database.exec(sql);
  database.close();
}

function never(): never {
  throw new Error('nothing is folded');
}
