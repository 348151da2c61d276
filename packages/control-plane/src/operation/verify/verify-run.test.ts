import type { VerifyView } from '@tina/contract';
import { StoreError } from '@tina/store';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { usualReport } from '../../testing/fake-node.test-support.ts';
import { planOf } from '../../testing/fake-work.test-support.ts';
import { copyDatabase, spoil } from '../../testing/spoil.test-support.ts';
import {
  type Home,
  newKey,
  openHome,
  openOnStore,
  temporaryFolder,
} from '../../testing/home.test-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'tina-verify-'));
const finished = join(folder, 'finished.db');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A finished run of more than 256 events, so that there is a snapshot, in a file that can be spoilt. */
async function finishedRun(): Promise<{ home: Home; run: string; path: string }> {
  if (!existsSync(finished)) await finishRun();
  const path = join(temporaryFolder(), 'tina.db');
  copyFileSync(finished, path);
  const home = await openHome({ path });
  const [run] = await home.call('run.list', {});
  return { home, run: run?.id ?? '', path };
}

async function finishRun(): Promise<void> {
  const path = join(folder, 'tina.db');
  const home = await openHome({ path });
  home.node.script.turn = (turn) => {
    const phase = turn.assignment.agent?.subject.phase ?? '';
    const plan = planOf({ phase, baseline: turn.job.startCommit, tasks: 6, review: 'spec' });
    return turn.job.role === 'planner' ? { kind: 'plan', markdown: plan } : usualReport(turn);
  };
  const run = await home.startRun();
  await home.node.work();
  await home.call('run.finalize', { run, choice: 'keep', idempotencyKey: newKey() });
  await home.node.work();
  copyDatabase(path, finished);
}

async function verify(home: Home, run?: string): Promise<VerifyView | undefined> {
  return (await home.call('run.verify', run === undefined ? {} : { run }))[0];
}

describe('G02 verify', () => {
  it('finds nothing wrong with a run that nobody touched, by its id or its feature or among all', async () => {
    const { home, run } = await finishedRun();
    const view = await verify(home, run);
    expect(view).toMatchObject({ runId: run, clean: true, problems: [] });
    expect(view?.events).toBeGreaterThan(256);
    expect(await verify(home, 'shelf')).toEqual(view);
    expect(await verify(home)).toEqual(view);
  });

  it.each<[damage: string, sql: string, problem: RegExp]>([
    [
      'a changed row',
      `update tasks set data = json_set(data, '$.title', 'Other') where name = 'finalize'`,
      /^its rows: tasks r\S+-t\d+ differs from its events$/,
    ],
    [
      'a deleted row',
      `delete from attempts where id = (select min(id) from attempts)`,
      /^its rows: attempts r\S+-a\d+ differs from its events$/,
    ],
    ['a changed row of the run', `update runs set branch = 'other'`, /^its rows: branch differs/],
    ['rows that went back', `update runs set revision = revision - 1`, /^its rows: /],
    [
      'a status that is none of its own',
      `update runs set status = 'blocked'`,
      /^its status in lists is blocked/,
    ],
    [
      "a changed column of an attempt's row",
      `update attempts set status = 'lost' where id = (select min(id) from attempts)`,
      /^its rows: attempts r\S+ has lost in column status; by its data it is succeeded$/,
    ],
    [
      'a job that nothing waits for',
      `update jobs set status = 'queued' where id = (select min(id) from jobs)`,
      /^job r\S+ \(\S+\) is in the queue, and nothing waits for it$/,
    ],
    ['a row that is no JSON', `update gates set data = '{'`, /^its rows cannot be read: /],
    ['a deleted event', `delete from events where number = 20`, /^event 21 \(\S+\) does not follow: /],
    ['a deleted first event', `delete from events where number = 1`, /^event 2 \(\S+\) does not follow: /],
    [
      'a deleted last event',
      `delete from events where number = (select max(number) from events)`,
      /^its rows are at event \d+, but there are \d+ events$/,
    ],
    ['no events', `delete from events`, /^it has no events$/],
    [
      'a changed event',
      `update events set data = json_set(data, '$.title', 'Other') where type = 'task.added' and number < 100`,
      /^its rows: tasks r\S+ differs/,
    ],
    ['an event of another type', `update events set type = 'task.vanished' where number = 9`, /^event 9 /],
    [
      'an event that is no JSON',
      `update events set data = '{' where number = 9`,
      /^events after 0 cannot be read/,
    ],
    [
      'a wrong snapshot',
      `update snapshots set state = json_set(state, '$.branch', 'other')`,
      /^its newest snapshot: branch differs from its events$/,
    ],
    [
      'a snapshot that is no JSON',
      `update snapshots set state = '{'`,
      /^its newest snapshot cannot be read: /,
    ],
  ])('finds %s', async (_, sql, problem) => {
    const { home, path, run } = await finishedRun();
    spoil(path, sql);
    const view = await verify(home, run);
    expect(view?.clean).toBe(false);
    expect(view?.problems).toEqual(expect.arrayContaining([expect.stringMatching(problem) as string]));
  });

  it('is right about a run that goes on meanwhile', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const slow = openOnStore(
      {
        ...home.store,
        close: () => Promise.resolve(),
        readEvents: async (range) => {
          // Between the rows and the events, others write.
          await home.call('run.pause', { run, idempotencyKey: newKey() }).catch(() => undefined);
          return home.store.readEvents(range);
        },
      },
      { clock: home.clock },
    );
    expect(await verify(slow, run)).toMatchObject({ clean: true });
    expect((await home.state(run)).control).toBe('paused');
  });

  it('says so when the database itself cannot be read, and blames no run', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const corrupt = (): Promise<never> =>
      Promise.reject(new StoreError({ code: 'store_corrupt', message: 'malformed', next: [] }));
    for (const method of ['loadRows', 'loadRun', 'readEvents'] as const) {
      const store = { ...home.store, close: () => Promise.resolve(), [method]: corrupt };
      const broken = openOnStore(store, { clock: home.clock });
      await expect(verify(broken, run)).rejects.toMatchObject({ code: 'store_corrupt' });
    }
  });
});
