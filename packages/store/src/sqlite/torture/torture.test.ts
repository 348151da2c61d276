import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { TOY_MODEL } from '../../contract-suite/toy-model.ts';
import { startRun } from '../../contract-suite/toy-run.ts';
import { openSqliteStore } from '../../open-sqlite-store.ts';
import { type Checked, checkStore, type Told } from './check-store.ts';
import { torture } from './torture.ts';
import { wholeCommit } from './whole-commit.ts';

function temporaryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tina-torture-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'tina.db');
}

test('G01 G02 processes that are killed and stopped at random lose, double and damage nothing', async () => {
  const report = await torture({ path: temporaryPath(), writers: 3, durationMs: 5_000 });

  expect(report.problems).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(0);
  expect(report.commits).toBe(report.acknowledged + report.unheard);
  expect(report.kills).toBeGreaterThan(3);
}, 60_000);

interface Bench {
  readonly check: (told?: Partial<Told>) => Promise<Checked>;
  /** Changes the database behind everybody's back. */
  readonly spoil: (sql: string) => void;
}

/** A store with two whole commits, one of which was acknowledged and neither of which is missing anything. */
async function twoCommits(): Promise<Bench> {
  const path = temporaryPath();
  const store = await openSqliteStore({ path, model: TOY_MODEL });
  onTestFinished(() => store.close());
  const run = await startRun(store, { runId: 'run-0' });
  const first = wholeCommit(run, 'a');
  await store.commit(first);
  await store.commit(wholeCommit(first.run?.after ?? run, 'b'));
  return {
    check: (told) => checkStore(store, { acknowledged: new Set(['a']), mayBeUnheard: 1, ...told }),
    spoil(sql) {
      const database = new DatabaseSync(path);
      database.exec(sql);
      database.close();
    },
  };
}

test('the check finds what is lost and what nobody made', async () => {
  const { check } = await twoCommits();
  expect(await check()).toEqual({ commits: 2, unheard: 1, events: 7, runs: 1, problems: [] });
  expect((await check({ acknowledged: new Set(['a', 'c']) })).problems).toEqual([
    'commit c was acknowledged and is not there',
  ]);
  expect((await check({ mayBeUnheard: 0 })).problems).toEqual(['1 commits are there that nobody made']);
});

test.each([
  [`delete from jobs where id = 'a'`, 'jobs: that of commit a is missing'],
  [`delete from timers where id = 'a'`, 'timers: that of commit a is missing'],
  [`delete from actions where idempotency_key = 'b'`, 'actions: that of commit b is missing'],
  [
    `update jobs set id = 'x', data = json_set(data, '$.jobId', 'x') where id = 'a'`,
    'jobs: x belongs to no commit',
  ],
  [`update jobs set data = json_set(data, '$.jobId', 'b')`, '1 jobs are there twice'],
  [`delete from tokens where secret_hash = 'a'`, 'commit a is without its token'],
  [`delete from documents where hash = 'b'`, 'commit b is without its document'],
  [`update events set sequence = 99 where sequence = 7`, 'event 7 of all has the sequence 99'],
  [`update events set number = 99 where number = 7`, 'run-0: event 7 has the number 99'],
  [
    `update events set type = 'task.readied' where number = 7`,
    'run-0: event 7 is not the next of its commit',
  ],
  [
    `update tasks set data = json_set(data, '$.title', 'x')`,
    'run-0: its rows is not what its events fold to',
  ],
])('the check finds what came of %j', async (sql, problem) => {
  const { check, spoil } = await twoCommits();
  spoil(sql);
  expect((await check()).problems).toContain(problem);
});
