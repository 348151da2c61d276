import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { TOY_MODEL } from './contract-suite/toy-model.ts';
import { advance, startRun, taskAdded } from './contract-suite/toy-run.ts';
import { openSqliteStore } from './open-sqlite-store.ts';
import type { Store } from './store.ts';

let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tina-store-'));
  path = join(folder, 'state', 'tina.db');
  return () => rmSync(folder, { recursive: true });
});

async function openStore(): Promise<Store> {
  const store = await openSqliteStore({ path, model: TOY_MODEL });
  onTestFinished(() => store.close());
  return store;
}

function mode(file: string): number {
  return statSync(file).mode & 0o777;
}

function alter(sql: string): void {
  const database = new Sqlite(path);
  database.pragma('foreign_keys = off');
  database.prepare(sql).run([]);
  database.close();
}

test('G30 nobody else can read the store', async () => {
  const umask = process.umask(0);
  onTestFinished(() => void process.umask(umask));
  await startRun(await openStore());
  expect([path, `${path}-wal`, `${path}-shm`].map(mode)).toEqual([0o600, 0o600, 0o600]);
  expect(mode(join(folder, 'state'))).toBe(0o700);
});

test('G30 a store that others could read is closed to them', async () => {
  await (await openSqliteStore({ path, model: TOY_MODEL })).close();
  chmodSync(path, 0o644);
  await openStore();
  expect(mode(path)).toBe(0o600);
});

test('G01 the log is written ahead, and what was committed is there after the next start', async () => {
  const first = await openSqliteStore({ path, model: TOY_MODEL });
  const run = await startRun(first);
  expect(existsSync(`${path}-wal`)).toBe(true);
  await first.close();
  await first.close();
  expect(await (await openStore()).loadRun(run.id)).toEqual(run);
});

test('G24 what one process commits, another one that has the store open sees', async () => {
  const [left, right] = [await openStore(), await openStore()];
  const run = await startRun(left);
  const next = await advance(right, run, [taskAdded('t1')]);
  expect(await left.loadRows(run.id)).toEqual(next);
  expect(await left.lastSequence()).toBe(await right.lastSequence());
});

test('G31 a damaged file, or none of SQLite, is refused and left as it was', async () => {
  path = join(folder, 'tina.db');
  writeFileSync(path, 'This is a letter and no database. '.repeat(100), { mode: 0o600 });
  const before = readFileSync(path);
  await expect(openStore()).rejects.toMatchObject({ name: 'StoreError', code: 'store_corrupt' });
  expect(readFileSync(path)).toEqual(before);
});

test('G31 a database of another program is refused and left as it was', async () => {
  path = join(folder, 'photos.db');
  alter('create table photos (id)');
  await expect(openStore()).rejects.toMatchObject({ code: 'store_foreign' });
  const database = new Sqlite(path);
  expect(database.prepare('select name from sqlite_schema').all([])).toEqual([{ name: 'photos' }]);
  database.close();
});

test('G31 a store that a newer Tina wrote is refused and left as it was', async () => {
  await (await openSqliteStore({ path, model: TOY_MODEL })).close();
  alter('update schema_version set version = 99');
  await expect(openStore()).rejects.toMatchObject({
    code: 'store_too_new',
    message: expect.stringContaining('99') as string,
  });
});

test('G31 a folder that is a file is refused', async () => {
  writeFileSync(join(folder, 'state'), '');
  await expect(openStore()).rejects.toMatchObject({ code: 'store_failed' });
});

test('G02 the integrity check finds a dangling reference', async () => {
  const store = await openSqliteStore({ path, model: TOY_MODEL });
  await advance(store, await startRun(store), [taskAdded('t1')]);
  await store.close();
  alter(`update tasks set run_id = 'nowhere'`);
  expect(await (await openStore()).checkIntegrity()).toEqual([
    'a row of tasks refers to a row of runs that is not there',
  ]);
});

test('G02 the integrity check finds damaged pages', async () => {
  const store = await openSqliteStore({ path, model: TOY_MODEL });
  const tasks = Array.from({ length: 400 }, (_, index) => taskAdded(`t${index}`, 'x'.repeat(500)));
  await advance(store, await startRun(store), tasks);
  await store.close();

  const bytes = readFileSync(path);
  for (let page = 0; page < bytes.length; page += 4_096) {
    if (bytes.subarray(page, page + 4_096).includes('x'.repeat(100))) bytes.fill(0x55, page, page + 4_096);
  }
  writeFileSync(path, bytes);
  const damaged = await openStore();
  const findings = await damaged.checkIntegrity();
  expect(findings.length).toBeGreaterThan(1);
  expect(findings.at(-1)).toContain('SQLITE_CORRUPT');
  await expect(damaged.readEvents({ runId: null, after: 0, limit: 1_000 })).rejects.toMatchObject({
    code: 'store_corrupt',
  });
});
