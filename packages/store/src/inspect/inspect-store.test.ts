import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { TOY_MODEL } from '../contract-suite/toy-model.ts';
import { startRun } from '../contract-suite/toy-run.ts';
import { openSqliteStore } from '../open-sqlite-store.ts';
import { inspectStore } from './inspect-store.ts';

function temporaryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tina-inspect-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'tina.db');
}

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

const codeOf = (path: string): unknown => {
  try {
    return inspectStore(path);
  } catch (error) {
    return (error as { readonly code?: string }).code;
  }
};

test('G06 a store is looked at while it is open, and is none before it is made', async () => {
  const path = temporaryPath();
  expect(inspectStore(path)).toBeNull();
  writeFileSync(path, '');
  expect(inspectStore(path)).toBeNull();
  const store = await openSqliteStore({ path, model: TOY_MODEL });
  onTestFinished(() => store.close());
  expect(inspectStore(path)).toEqual({
    schemaVersion: 3,
    damage: [],
    newestEventAt: null,
    newestNodeId: null,
    activeRuns: [],
  });
  const run = await startRun(store);
  change(
    path,
    `update runs set data = json_set(data, '$.tip', 'c0ffee');
      insert into attempts (run_id, id, task_id, status, data)
      values ('${run.id}', 'a1', 't1', 'running', '{"workingDirectory":"/w/slot-1"}'),
        ('${run.id}', 'a2', 't1', 'lost', '{"workingDirectory":"/w/slot-2"}')`,
  );
  const { id, repository, branch } = run;
  const [event] = await store.readEvents({ runId: null, after: 0, limit: 1 });
  expect(inspectStore(path)).toMatchObject({
    newestEventAt: event?.at,
    activeRuns: [{ id, repository, branch, tip: 'c0ffee', worktrees: ['/w/slot-1'] }],
  });
});

test("G31 another program's, a newer Tina's and a damaged file are told apart", async () => {
  const path = temporaryPath();
  change(path, 'create table other (id text)');
  expect(codeOf(path)).toBe('store_foreign');
  const newer = temporaryPath();
  await (await openSqliteStore({ path: newer, model: TOY_MODEL })).close();
  change(newer, 'update schema_version set version = 99');
  expect(codeOf(newer)).toBe('store_too_new');
  const damaged = temporaryPath();
  writeFileSync(damaged, 'this is no database, but something else that somebody needs '.repeat(90));
  expect(codeOf(damaged)).toBe('store_corrupt');
});

test('G31 a file whose pages do not fit is told as damaged', async () => {
  const path = temporaryPath();
  await (await openSqliteStore({ path, model: TOY_MODEL })).close();
  const pageBytes = 4_096;
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(pageBytes, 0xff), 0, pageBytes, statSync(path).size - pageBytes);
  closeSync(file);
  const found = inspectStore(path);
  expect(found?.damage.length).toBeGreaterThan(0);
});
