import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { TOY_MODEL } from '../contract-suite/toy-model.ts';
import { advance, enqueued, startRun, taskAdded } from '../contract-suite/toy-run.ts';
import { openSqliteStore } from '../open-sqlite-store.ts';
import type { RunMend } from './audit.ts';

test('G02 a copied column that was changed is found and written anew from the data beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tina-copies-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'tina.db');
  const store = await openSqliteStore({ path, model: TOY_MODEL });
  onTestFinished(() => store.close());
  const run = await startRun(store, { runId: 'r1' });
  const enqueue = [enqueued('r1', 'j1', 'start-agent'), enqueued('r1', 'j2')];
  const state = await advance(store, run, [taskAdded('t1'), taskAdded('t2')], { enqueue });
  const database = new DatabaseSync(path);
  database.exec(`update tasks set status = 'completed' where id = 't1';
    update jobs set kind = 'merge', attempt_id = null where id = 'j1';
    update jobs set attempt_id = 'a9' where id = 'j2';
    update runs set status = 'complete';
    update tasks set data = '{' where id = 't2'`);
  database.close();

  expect((await store.auditRun('r1'))?.wrongCopies).toEqual([
    { table: 'tasks', id: 't1', column: 'status', found: 'completed', expected: 'pending' },
    { table: 'jobs', id: 'j1', column: 'kind', found: 'merge', expected: 'start-agent' },
    { table: 'jobs', id: 'j1', column: 'attempt_id', found: null, expected: 'j1-attempt' },
    { table: 'jobs', id: 'j2', column: 'attempt_id', found: 'a9', expected: null },
  ]);
  const nothing = {
    withdraw: [],
    requeue: [],
    setTimers: [],
    clearTimers: [],
    grantLeases: [],
    releaseLeases: [],
  };
  const mend: RunMend = { ...nothing, state, replacesRows: false, dropsSnapshots: false, dropTokens: [] };
  expect(await store.mendRun(mend)).toBe(true);
  expect((await store.auditRun('r1'))?.wrongCopies).toEqual([]);
  expect((await store.listRuns({ limit: 1 }))[0]?.status).toBe('executing');
  expect(await store.mendRun({ ...mend, replacesRows: true })).toBe(true);
  expect(await store.loadRows('r1')).toEqual(state);
});
