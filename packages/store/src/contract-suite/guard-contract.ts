import { expect, test } from 'vitest';
import type { CommitResult } from '../store.ts';
import type { OpenBench } from './bench.ts';
import { action, advance, commitOf, enqueued, newRun, runWrite, startRun, taskAdded } from './toy-run.ts';

export function guardContract(open: OpenBench): void {
  duplicates(open);
  conflicts(open);
  order(open);
}

function kinds(results: readonly CommitResult[]): readonly string[] {
  return results.map(({ kind }) => kind).toSorted();
}

function duplicates(open: OpenBench): void {
  test('G03 the same request sent twice has one effect and one answer', async () => {
    const { store } = await open();
    const run = await startRun(store);
    const first = action('key', '{"answer":1}');
    await store.commit(commitOf(runWrite(run, [taskAdded('t1')]), { action: first }));

    const again = await store.commit(
      commitOf(runWrite(run, [taskAdded('t2')]), { action: action('key', '{"answer":2}') }),
    );

    expect(again).toEqual({ kind: 'duplicate-action', action: first });
    expect(Object.keys((await store.loadRun(run.id))?.tasks ?? {})).toEqual(['t1']);
  });

  test('G03 of the same request sent five times at once, one is done', async () => {
    const { store } = await open();

    const results = await Promise.all(
      [1, 2, 3, 4, 5].map((answer) =>
        store.commit(commitOf(null, { action: action('key', String(answer)) })),
      ),
    );

    expect(kinds(results)).toEqual(['committed', ...Array<string>(4).fill('duplicate-action')]);
    const kept = await store.findAction('key');
    const answers = results.flatMap((result) => (result.kind === 'duplicate-action' ? [result.action] : []));
    expect(answers).toEqual(Array(4).fill(kept));
  });
}

function conflicts(open: OpenBench): void {
  test('G01 of two decisions on the same revision, one is kept whole', async () => {
    const { store } = await open();
    const run = await startRun(store);

    const results = await Promise.all(
      ['t1', 't2'].map((id) => store.commit(commitOf(runWrite(run, [taskAdded(id), taskAdded(`${id}b`)])))),
    );

    expect(kinds(results)).toEqual(['committed', 'revision-conflict']);
    const state = await store.loadRun(run.id);
    expect(state?.revision).toBe(3);
    expect(await store.loadRows(run.id)).toEqual(state);
  });

  test('G03 a run that is there already is not made again', async () => {
    const { store } = await open();
    const write = await newRun(store);
    await store.commit(commitOf(write));

    expect(await store.commit(commitOf(write))).toEqual({ kind: 'revision-conflict' });
    expect(await store.runRevision(write.runId)).toBe(1);
  });

  test('G01 a refused commit leaves its job open and its timer set', async () => {
    const { store, clock } = await open();
    const run = await startRun(store);
    const timer = { id: 'timer', runId: run.id, taskId: null, attemptId: null, dueAt: clock.now };
    await advance(store, run, [], { enqueue: [enqueued(run.id, 'j1')], setTimers: [timer] });
    const { incarnation } = await store.registerNode({ id: 'node', name: 'node' });
    await store.claimJobs({
      nodeId: 'node',
      incarnation,
      limit: 1,
      agentCapacity: 1,
      parkedAttempts: [],
      leaseDurationMs: 1_000,
    });
    const moved = await advance(store, run, [taskAdded('t1')]);
    const extra = {
      completesJob: { jobId: 'j1', epoch: 1 },
      firesTimer: { timerId: 'timer', dueAt: clock.now },
    };

    expect(await store.commit(commitOf(runWrite(run, [taskAdded('t2')]), extra))).toEqual({
      kind: 'revision-conflict',
    });
    expect((await store.listJobs({})).map(({ status }) => status)).toEqual(['claimed']);
    expect(await store.dueTimers(clock.now, 1)).toEqual([timer]);

    expect(await store.commit(commitOf(runWrite(moved, [taskAdded('t2')]), extra))).toMatchObject({
      kind: 'committed',
    });
    expect(await store.listJobs({})).toEqual([]);
    expect(await store.nextTimerAt()).toBeNull();
  });
}

function order(open: OpenBench): void {
  test('G03 a duplicate is told before a stale job, that before a stale timer, that before a busy branch', async () => {
    const { store } = await open();
    const run = await startRun(store);
    await store.commit(commitOf(null, { action: action('key') }));
    const write = await newRun(store, { projectId: run.projectId, branch: run.branch });
    const completesJob = { jobId: 'none', epoch: 1 };
    const firesTimer = { timerId: 'none', dueAt: 0 };

    const kindOf = async (extra: object): Promise<string> =>
      (await store.commit(commitOf(write, extra))).kind;
    expect(await kindOf({ completesJob, firesTimer, action: action('key') })).toBe('duplicate-action');
    expect(await kindOf({ completesJob, firesTimer, action: action('new') })).toBe('stale-job');
    expect(await kindOf({ firesTimer, action: action('new') })).toBe('stale-timer');
    expect(await kindOf({ action: action('new') })).toBe('branch-busy');
    expect(await store.findAction('new')).toBeNull();
  });
}
