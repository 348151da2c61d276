import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { StoreError } from '../store-error.ts';
import { translateError, translating } from './translate-error.ts';

const PATH = '/state/tina.db';

test.each([
  ['SQLITE_FULL', 'disk_full'],
  ['SQLITE_READONLY_DBMOVED', 'store_read_only'],
  ['SQLITE_CANTOPEN', 'store_read_only'],
  ['SQLITE_CORRUPT_INDEX', 'store_corrupt'],
  ['SQLITE_NOTADB', 'store_corrupt'],
  ['SQLITE_BUSY_RECOVERY', 'store_busy'],
  ['SQLITE_CONSTRAINT_UNIQUE', 'constraint_violated'],
  ['SQLITE_IOERR_WRITE', 'store_failed'],
])('%s is told as %s, with where and what to do', (sqliteCode, code) => {
  const cause = new Sqlite.SqliteError('what SQLite says', sqliteCode);
  const error = translateError(cause, PATH);
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({ code, cause, message: expect.stringContaining(PATH) as string });
  expect(error).toMatchObject({ message: expect.stringContaining('what SQLite says') as string });
  expect((error as StoreError).next.length).toBeGreaterThan(0);
});

test.each([
  ['ENOSPC', 'disk_full'],
  ['EACCES', 'store_read_only'],
  ['EROFS', 'store_read_only'],
  ['ENOTDIR', 'store_failed'],
])('%s of the file system is told as %s', (systemCode, code) => {
  const cause = Object.assign(new Error('no'), { code: systemCode, syscall: 'open' });
  expect(translateError(cause, PATH)).toMatchObject({ name: 'StoreError', code });
});

test('a store error, and what is no error of the store, stay as they are', () => {
  const own = new StoreError({ code: 'store_too_new', message: '', next: [] });
  const mistake = new TypeError('undefined is not a function');
  expect(translateError(own, PATH)).toBe(own);
  expect(translateError(mistake, PATH)).toBe(mistake);
  expect(() =>
    translating(PATH, () => {
      throw mistake;
    }),
  ).toThrow(mistake);
});
