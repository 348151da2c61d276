import type { Remain, RepairedItem, VerifyView } from '@tina/contract';
import { describe, expect, it } from 'vitest';
import { createFakeRemains, type FakeRemains, remain } from '../../testing/fake-remains.test-support.ts';
import {
  type Home,
  newKey,
  openHome,
  openOnStore,
  temporaryFolder,
} from '../../testing/home.test-support.ts';
import { spoil } from '../../testing/spoil.test-support.ts';

interface Bench {
  readonly home: Home;
  readonly remains: FakeRemains;
  readonly run: string;
  readonly path: string;
  readonly verify: (run?: string) => Promise<VerifyView[]>;
  readonly repair: (all?: boolean, run?: string) => Promise<RepairedItem[]>;
}

async function bench(): Promise<Bench> {
  const path = `${temporaryFolder()}/tina.db`;
  const remains = createFakeRemains();
  const home = await openHome({ path, remains });
  const run = await home.startRun();
  return {
    home,
    remains,
    run,
    path,
    verify: (of) => home.call('run.verify', of === undefined ? {} : { run: of }),
    repair: (all = false, of?: string) =>
      home.call('run.repair', { idempotencyKey: newKey(), all, ...(of === undefined ? {} : { run: of }) }),
  };
}

async function ended(): Promise<Bench> {
  const made = await bench();
  await made.home.node.work();
  await made.home.call('run.finalize', { run: made.run, choice: 'keep', idempotencyKey: newKey() });
  await made.home.node.work();
  return made;
}

const short = (items: readonly RepairedItem[]): readonly string[] =>
  items.map(({ kind, outcome, why }) => `${outcome} ${kind}: ${why}`);

describe('G02 repair, of the store', () => {
  it.each<[what: string, sql: string, problem: RegExp, needsYes: boolean]>([
    [
      'a copied column',
      `update tasks set status = 'blocked' where name = 'finalize'`,
      /has blocked in column status/,
      false,
    ],
    ['the status in lists', `update runs set status = 'blocked'`, /^its status in lists is blocked/, false],
    [
      'a job that nothing waits for',
      `insert into jobs (id, run_id, node_id, kind, caused_by, status, epoch, queued_at, data)
        select 'stray', id, 'here', 'remove-slots', 1, 'queued', 1, 1, '{"kind":"remove-slots"}' from runs`,
      /^job stray \(remove-slots\) is in the queue, and nothing/,
      false,
    ],
    [
      'a job that is waited for and done',
      `update jobs set status = 'done' where status = 'queued'`,
      /is waited for, and it is not in the queue/,
      true,
    ],
    [
      'a timer that nothing waits for',
      `insert into timers (id, run_id, due_at) select 'stray', id, 1 from runs`,
      /^timer stray is set, and nothing waits for it$/,
      false,
    ],
    [
      'a lease of nothing',
      `insert into leases (attempt_id, run_id, node_id, epoch, lease_ends_at, lease_duration_ms)
        select 'stray', id, 'here', 1, 1, 1 from runs`,
      /^attempt stray is leased, and nothing of it is left$/,
      false,
    ],
    [
      'a token of nothing',
      `insert into tokens (secret_hash, run_id, attempt_id, epoch, created_at) select 'x', id, 'stray', 1, 1 from runs`,
      /^a token is for attempt stray, which is not there$/,
      false,
    ],
    [
      'a changed row',
      `update tasks set data = json_set(data, '$.title', 'Other') where name = 'finalize'`,
      /^its rows: tasks \S+ differs from its events$/,
      true,
    ],
  ])('mends %s, and finds nothing the second time', async (_, sql, problem, needsYes) => {
    const { path, run, verify, repair, home } = await bench();
    spoil(path, sql);
    const [view] = await verify(run);
    expect(view?.problems).toEqual([expect.stringMatching(problem)]);
    expect(view?.findings[0]?.next).toEqual([`tina verify ${run} --repair${needsYes ? ' --yes' : ''}`]);
    const cautious = needsYes ? await repair(false, run) : [];
    expect(cautious.map(({ why }) => why)).toEqual(needsYes ? ['it is mended only when you say so'] : []);
    expect(short(await repair(true, run))).toEqual([expect.stringMatching(/^mended/)]);
    expect(await verify()).toMatchObject([{ clean: true, findings: [] }]);
    expect(await repair(true)).toEqual([]);
    // And the run goes on.
    await home.node.work();
    expect((await home.state(run)).gates).not.toEqual({});
  });

  it('drops a wrong snapshot at once where rows and events agree, and asks where they do not', async () => {
    const { home, path, run, verify } = await bench();
    const { revision, ...state } = await home.state(run);
    const text = JSON.stringify({ ...state, revision, branch: 'other' });
    spoil(path, `insert into snapshots (run_id, number, state) values (?, ?, ?)`, run, revision, text);
    expect((await verify(run))[0]?.findings).toMatchObject([{ kind: 'snapshot', mend: 'safe' }]);
    const changed = `status = 'blocked', data = json_set(data, '$.title', 'x')`;
    spoil(path, `update tasks set ${changed} where name = 'finalize'`);
    // The first one does not see what came by another way, twice.
    const other = await openHome({ path, clock: home.clock, name: 'y' });
    const [found] = await other.call('run.verify', { run });
    expect(found?.findings.map(({ kind, mend }) => `${kind} ${mend}`)).toEqual([
      'rows ask',
      'snapshot ask',
      'copy ask',
    ]);
    await other.call('run.repair', { idempotencyKey: newKey(), run, all: true });
    expect(await other.call('run.verify', { run })).toMatchObject([{ clean: true }]);
  });

  it('leaves what only a person can mend, and says so', async () => {
    const { path, run, verify, repair } = await bench();
    spoil(path, `delete from events where number = 3`);
    const [view] = await verify(run);
    expect(view?.problems[0]).toMatch(/^event 4 \(\S+\) does not follow/);
    expect((await repair(true, run)).every(({ outcome }) => outcome === 'left')).toBe(true);
  });

  it('leaves a run that went on between the look and the mending', async () => {
    const { home, path, run } = await bench();
    spoil(path, `update runs set status = 'blocked'`);
    const store = { ...home.store, close: () => Promise.resolve(), mendRun: () => Promise.resolve(false) };
    const other = openOnStore(store, { clock: home.clock, name: 'y' });
    expect(short(await other.call('run.repair', { idempotencyKey: newKey(), run }))).toEqual([
      expect.stringMatching(/^left copy: the run went on meanwhile: do it again; when this stays/),
    ]);
  });

  it('G28 is logged, once for its key', async () => {
    const { home, path, run } = await bench();
    spoil(path, `update runs set status = 'blocked'`);
    const idempotencyKey = newKey();
    const first = await home.call('run.repair', { run, idempotencyKey });
    expect(await home.call('run.repair', { run, idempotencyKey })).toEqual(first);
    expect(first).toHaveLength(1);
    const actions = await home.call('action.list', { run });
    expect(actions.filter(({ kind }) => kind === 'run.repair')).toMatchObject([
      { requestedBy: 'ada', outcome: 'done' },
    ]);
  });
});

describe('G14 G22 repair, on the machine', () => {
  it('takes nothing that belongs to a run or an attempt', async () => {
    const { home, run, remains, verify, repair } = await bench();
    await home.node.work();
    const state = await home.state(run);
    const [attempt = ''] = Object.keys(state.attempts);
    remains.there.push(
      remain('worktree', run),
      remain('setup-files', run),
      remain('check-files', run),
      remain('attempt-files', attempt),
    );
    expect(await verify()).toMatchObject([{ clean: true }]);
    expect(remains.asked.runs).toMatchObject([{ runId: run, repository: '/srv/app' }]);
    expect(await repair(true)).toEqual([]);
    expect(remains.there).toHaveLength(4);
  });

  it('removes what an attempt left, and what is on its way out it does not even tell', async () => {
    const { home, run, remains, verify, repair } = await bench();
    await home.node.work();
    const [attempt = ''] = Object.keys((await home.state(run)).attempts);
    remains.there.push(
      remain('session', attempt),
      remain('launch-script', attempt),
      remain('session', 'gone'),
    );
    remains.leaving.add('session of gone');
    expect((await verify())[0]?.problems).toEqual([
      `session session of ${attempt} is there, and attempt ${attempt} is over`,
      `launch-script of ${attempt} was never read, and attempt ${attempt} is over`,
    ]);
    remains.held.add(`session of ${attempt}`);
    expect(short(await repair())).toEqual([
      'left session: it could not be mended: it is held',
      'mended launch-script: it was removed',
    ]);
  });

  it('asks before what no run knows, and leaves worktrees of it to a person', async () => {
    const { remains, verify, repair, run } = await bench();
    remains.there.push(remain('attempt-files', 'a'), remain('worktree', 'b'), remain('launch-script', 'c'));
    expect((await verify(run))[0]?.clean).toBe(true);
    const [, home] = await verify();
    expect(home).toMatchObject({ runId: null, events: 0, clean: false });
    expect(home?.findings.map(({ mend }) => mend)).toEqual(['ask', 'by-hand', 'safe']);
    expect(short(await repair())).toEqual([
      'left attempt-files: it is mended only when you say so',
      'left worktree: only a person can mend it',
      'mended launch-script: it was removed',
    ]);
    expect(short(await repair(true))).toEqual([
      'mended attempt-files: it was removed',
      'left worktree: only a person can mend it',
    ]);
  });

  it('ends processes of attempts that are over or that no run knows, and of no other', async () => {
    const { home, run, remains, verify, repair } = await bench();
    await home.node.work();
    const [attempt = ''] = Object.keys((await home.state(run)).attempts);
    const processOf = (id: string, pid: number): Remain =>
      remain('process', id, { name: `${pid}@1`, process: { pid, startTime: '1' } });
    remains.there.push(processOf(attempt, 41), processOf('gone', 42));
    const [own, none] = await verify();
    expect(own?.findings).toMatchObject([
      {
        message: `process 41, started for attempt ${attempt}, is running, and attempt ${attempt} is over`,
        next: ['ps -o pid,ppid,lstart,command -p 41', `tina verify ${run} --repair`],
      },
    ]);
    expect(none?.findings).toMatchObject([
      {
        message: 'process 42, started for attempt gone, is running, and no run knows of attempt gone',
        next: ['ps -o pid,ppid,lstart,command -p 42', 'tina verify --all --repair'],
      },
    ]);
    expect(short(await repair())).toEqual(['mended process: it was ended', 'mended process: it was ended']);
    expect(remains.there).toEqual([]);
  });

  it('G14 leaves the processes of an attempt at work alone', async () => {
    const { home, run, remains, verify, repair } = await bench();
    const [attempt] = Object.values((await home.state(run)).attempts);
    expect(attempt?.settled).toBe(false);
    remains.there.push(remain('process', attempt?.id ?? '', { process: { pid: 41, startTime: '1' } }));
    expect((await verify()).every(({ clean }) => clean)).toBe(true);
    expect(await repair(true)).toEqual([]);
    expect(remains.there).toHaveLength(1);
  });

  it('G22 never lets go of a ref of a run that it does not know, and says nothing of one that it knows', async () => {
    const { home, run, remains, verify, repair } = await bench();
    await home.node.work();
    const [attempt = ''] = Object.keys((await home.state(run)).attempts);
    const ref = 'refs/tina/attempts/gone-a1';
    const repository = '/srv/app';
    const ofRun = { name: `refs/tina/runs/${run}`, of: { kind: 'run', id: run }, repository } as const;
    remains.there.push(
      remain('rescue-ref', attempt, { repository }),
      remain('rescue-ref', run, ofRun),
      remain('rescue-ref', 'gone-a1', { name: ref, repository }),
    );
    const [own, none] = await verify();
    expect(own?.clean).toBe(true);
    expect(none?.findings).toEqual([
      {
        kind: 'rescue-ref',
        name: ref,
        message: `${ref} is there, and no run of this home knows of attempt gone-a1`,
        mend: 'by-hand',
        next: [`git -C '/srv/app' log --stat '${ref}'`, `git -C '/srv/app' update-ref -d '${ref}'`],
      },
    ]);
    expect(short(await repair(true))).toEqual(['left rescue-ref: only a person can mend it']);
    expect(remains.there).toHaveLength(3);
  });

  it('G06 calls nothing an orphan while a run cannot be read', async () => {
    const { remains, verify, path } = await bench();
    remains.there.push(remain('attempt-files', 'a'));
    spoil(path, `delete from events`);
    expect((await verify()).map(({ runId }) => runId)).not.toContain(null);
  });

  it('removes worktrees and branches of runs that are over by the way of the cleanup', async () => {
    const { home, run, remains, verify, repair } = await ended();
    const [attempt = ''] = Object.keys((await home.state(run)).attempts);
    const worktree = remain('worktree', run);
    const branch = remain('branch', attempt);
    remains.there.push(worktree, branch, remain('setup-files', run));
    expect((await verify(run))[0]?.findings.map(({ kind, mend }) => `${kind} ${mend}`)).toEqual([
      'worktree safe',
      'branch safe',
      'setup-files safe',
    ]);
    const item = { runId: run, bytes: null, action: 'remove' as const };
    home.machine.facts.leftovers.push(
      { ...item, kind: 'worktree', name: worktree.name, why: 'it is kept by branches' },
      { ...item, kind: 'branch', name: 'tina/other', why: 'not asked for' },
    );
    expect(short(await repair(false, run))).toEqual([
      'mended worktree: it is kept by branches',
      'mended branch: it is gone already',
      'mended setup-files: it was removed',
    ]);
    expect(home.machine.facts.removed).toEqual([worktree.name]);
    home.machine.facts.held.add(worktree.name);
    expect(short(await repair(false, run))).toContain('left worktree: no space');
  });

  it('tells of a damaged database', async () => {
    const { path, verify, repair } = await bench();
    spoil(
      path,
      `insert into gates (run_id, id, task_id, status, data) values ('none', 'g', 't', 'open', '{}')`,
    );
    const views = await verify();
    expect(views.at(-1)?.problems).toEqual([
      'the database is damaged: a row of gates refers to a row of runs that is not there',
    ]);
    expect(short(await repair(true))).toEqual(['left database: only a person can mend it']);
  });
});
