import { DatabaseSync } from 'node:sqlite';

/** Changes the database behind everybody's back. */
export function spoil(path: string, sql: string, ...parameters: readonly (string | number)[]): void {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  const { changes } = database.prepare(sql).run(...parameters);
  database.close();
  if (changes === 0) throw new Error(`nothing was spoilt by ${sql}`);
}

/** A copy of a database that is in use, as it is now. */
export function copyDatabase(from: string, to: string): void {
  const database = new DatabaseSync(from);
  database.prepare('vacuum into ?').run(to);
  database.close();
}
