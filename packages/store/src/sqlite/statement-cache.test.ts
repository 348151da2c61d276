import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { cacheStatements } from './statement-cache.ts';

test('a statement is prepared once, and again when many others came between', () => {
  const sqlite = new Sqlite(':memory:');
  const database = cacheStatements(sqlite, ':memory:');
  const first = database.prepare('select 0 as n');
  expect(database.prepare('select 0 as n')).toBe(first);
  for (let n = 1; n < 300; n += 1) database.prepare(`select ${n} as n`);
  expect(database.prepare('select 0 as n')).toBe(first);
  for (let n = 1; n <= 300; n += 1) database.prepare(`select ${n} as n`);

  expect(database.prepare('select 0 as n')).not.toBe(first);
  expect([...database.prepare('select 7 as n').iterate([])]).toEqual([{ n: 7 }]);
  expect(() => database.prepare('select from nothing')).toThrow(/could not be read or written/);
  database.close();
  expect(sqlite.open).toBe(false);
});
