import { expect, test } from 'vitest';
import type { NewDesign } from '../records.ts';
import type { OpenBench } from './bench.ts';
import { action, advance, commitOf, newRun, runWrite, startRun, taskAdded } from './toy-run.ts';

export function recordContract(open: OpenBench): void {
  projectsAndDesigns(open);
  lists(open);
  timersAndTokens(open);
  actions(open);
}

function projectsAndDesigns(open: OpenBench): void {
  test('G04 a repository is one project, whoever comes first', async () => {
    const { store } = await open();
    const project = { id: 'p1', repository: '/srv/me/clock', createdAt: 7 };
    expect(await store.findProject(project.repository)).toBeNull();
    expect(await store.saveProject(project)).toEqual(project);
    expect(await store.saveProject({ ...project, id: 'p2', createdAt: 9 })).toEqual(project);
    expect(await store.findProject(project.repository)).toEqual(project);
  });

  test('G02 every text of a design is a revision that never changes', async () => {
    const { store } = await open();
    await store.saveProject({ id: 'p1', repository: '/r', createdAt: 7 });
    const path = 'docs/clock.md';
    const first: NewDesign = {
      id: 'd1',
      projectId: 'p1',
      path,
      revisionId: 'd1-1',
      hash: 'h1',
      text: '# One',
      createdAt: 1,
    };
    expect(await store.saveDesign(first)).toEqual({ designId: 'd1', revisionId: 'd1-1' });
    const second = { ...first, id: 'd2', revisionId: 'd1-2', hash: 'h2', text: '# Two' };
    expect(await store.saveDesign(second)).toEqual({ designId: 'd1', revisionId: 'd1-2' });
    expect(
      await store.saveDesign({ ...first, id: 'd3', revisionId: 'd1-3' }),
      'the first text again',
    ).toEqual({
      designId: 'd1',
      revisionId: 'd1-1',
    });

    const { id, projectId: _, revisionId: _1, ...facts } = first;
    expect(await store.readDesignRevision('d1-1')).toEqual({ ...facts, id: 'd1-1', designId: id });
    expect(await store.readDesignRevision('d1-3')).toBeNull();
    const other = { ...first, id: 'd4', path: 'other.md', revisionId: 'd4-1' };
    expect(await store.saveDesign(other), 'the same text elsewhere').toEqual({
      designId: 'd4',
      revisionId: 'd4-1',
    });
  });

  test('G02 a document is kept once, under its hash', async () => {
    const { store } = await open();
    expect(await store.readDocument('h')).toBeNull();
    await store.saveDocument({ hash: 'h', text: 'A plan – with “signs”\u0000' });
    await store.saveDocument({ hash: 'h', text: 'another' });
    expect(await store.readDocument('h')).toBe('A plan – with “signs”\u0000');
  });
}

function lists(open: OpenBench): void {
  test('G04 runs are listed newest first and found by project, design, feature and whether they ended', async () => {
    const { store, clock } = await open();
    const a = await startRun(store, { runId: 'run-a', projectId: 'p1', designId: 'd1', feature: 'clock' });
    const b = await startRun(store, { runId: 'run-b', projectId: 'p1', designId: 'd2', feature: 'alarm' });
    const c = await startRun(store, { runId: 'run-c', projectId: 'p2', designId: 'd3', feature: 'clock' });
    clock.now += 5;
    const ended = await advance(store, a, [
      { type: 'run.completed', data: { ending: { kind: 'kept', branch: a.branch } } },
    ]);
    const list = async (filter: object): Promise<readonly string[]> =>
      (await store.listRuns({ limit: 10, ...filter })).map(({ id }) => id);

    expect(await list({})).toEqual([c.id, b.id, a.id]);
    expect(await list({ limit: 1 })).toEqual([c.id]);
    expect(await list({ projectId: 'p1' })).toEqual([b.id, a.id]);
    expect(await list({ designId: 'd2' })).toEqual([b.id]);
    expect(await list({ feature: 'clock' })).toEqual([c.id, a.id]);
    expect(await list({ feature: 'clock', active: true })).toEqual([c.id]);
    expect(await store.listRuns({ designId: 'd1', limit: 1 })).toEqual([
      {
        id: a.id,
        projectId: 'p1',
        repository: a.repository,
        designId: 'd1',
        feature: 'clock',
        branch: 'tina/clock',
        status: 'complete',
        revision: 2,
        createdAt: a.createdAt,
        endedAt: ended.endedAt,
        updatedAt: clock.now,
      },
    ]);
  });

  test('G06 what does not exist is null', async () => {
    const { store, clock } = await open();
    expect(await store.now()).toBe(clock.now);
    expect(await store.loadRun('none')).toBeNull();
    expect(await store.loadRows('none')).toBeNull();
    expect(await store.runRevision('none')).toBeNull();
    expect(await store.findOwner('attempt', 'none')).toBeNull();
    expect(await store.findToken('none')).toBeNull();
    expect(await store.findAction('none')).toBeNull();
    expect(await store.checkIntegrity()).toEqual([]);
  });
}

function timersAndTokens(open: OpenBench): void {
  test('G03 a timer fires once, moves when it is set again, and is gone when it is cleared', async () => {
    const { store } = await open();
    const run = await startRun(store);
    const timer = (id: string, dueAt: number) => ({
      id,
      runId: run.id,
      taskId: 't1',
      attemptId: 'a1',
      dueAt,
    });
    await advance(store, run, [], { setTimers: [timer('x', 30), timer('y', 10), timer('z', 20)] });

    expect(await store.nextTimerAt()).toBe(10);
    expect(await store.dueTimers(9, 10)).toEqual([]);
    expect(await store.dueTimers(20, 10)).toEqual([timer('y', 10), timer('z', 20)]);
    expect(await store.dueTimers(99, 1)).toEqual([timer('y', 10)]);
    const fire = async (): Promise<string> =>
      (await store.commit(commitOf(null, { firesTimer: { timerId: 'y', dueAt: 10 } }))).kind;
    expect(await fire()).toBe('committed');
    expect(await fire()).toBe('stale-timer');
    await advance(store, run, [], { clearTimers: ['z', 'unknown'], setTimers: [timer('x', 40)] });
    expect(await store.dueTimers(99, 10)).toEqual([timer('x', 40)]);
  });

  test('G03 a timer that was set again for a later time is not fired by who saw it due before', async () => {
    const { store } = await open();
    const run = await startRun(store);
    const timer = { id: 'x', runId: run.id, taskId: 't1', attemptId: null };
    await advance(store, run, [], { setTimers: [{ ...timer, dueAt: 10 }] });
    const [seen] = await store.dueTimers(10, 1);
    await advance(store, run, [], { setTimers: [{ ...timer, dueAt: 50 }] });
    const fire = async (dueAt = 0): Promise<string> =>
      (await store.commit(commitOf(null, { firesTimer: { timerId: 'x', dueAt } }))).kind;
    expect(await fire(seen?.dueAt)).toBe('stale-timer');
    expect(await store.nextTimerAt()).toBe(50);
    expect(await fire(50)).toBe('committed');
  });

  test('G29 a token is found by the hash of its secret, and belongs to one attempt', async () => {
    const { store } = await open();
    const run = await startRun(store);
    const token = { secretHash: 's', runId: run.id, attemptId: 'a1', epoch: 3, createdAt: 5 };
    await store.saveToken(token);
    expect(await store.findToken('s')).toEqual(token);
    await expect(store.saveToken({ ...token, attemptId: 'a2' })).rejects.toMatchObject({
      code: 'constraint_violated',
    });
    expect(await store.findToken('s')).toEqual(token);
  });
}

function actions(open: OpenBench): void {
  test('G28 every request is listed with who, when, what and what came of it, in order and in pages', async () => {
    const { store } = await open();
    const requests = [1, 2, 3].map((at) => ({
      ...action(`key-${at}`),
      requestedAt: 10 - at,
      runId: at === 2 ? 'r2' : 'r1',
    }));
    for (const request of requests) await store.commit(commitOf(null, { action: request }));
    const read = (runId: string | null, after = 0, limit = 9): ReturnType<typeof store.readActions> =>
      store.readActions({ runId, after, limit, fromEvent: 0 });

    const all = await read(null);
    expect(all).toMatchObject(requests);
    expect(all.every(({ afterEvent, lastEvent }) => afterEvent === null && lastEvent === null)).toBe(true);
    expect(await read('r1')).toEqual([all[0], all[2]]);
    expect(await read(null, 0, 2)).toEqual(all.slice(0, 2));
    expect(await read(null, all[1]?.sequence)).toEqual([all[2]]);
  });

  test('G28 a request has its place among the events of its run, and says which of them it caused', async () => {
    const { store } = await open();
    const write = await newRun(store);
    const of = (key: string): ReturnType<typeof action> => ({ ...action(key), runId: write.runId });
    await store.commit(commitOf(write, { action: of('create') }));
    await store.commit(commitOf(null, { action: of('refused') }));
    await store.commit(
      commitOf(runWrite(write.after, [taskAdded('t1'), taskAdded('t2')]), { action: of('done') }),
    );
    await store.commit(commitOf(null, { action: of('refused again') }));

    const read = async (fromEvent: number): Promise<unknown> =>
      (await store.readActions({ runId: write.runId, after: 0, limit: 9, fromEvent })).map(
        ({ idempotencyKey, afterEvent, lastEvent }) => [idempotencyKey, afterEvent, lastEvent],
      );
    const all = [
      ['create', 0, 1],
      ['refused', 1, 1],
      ['done', 1, 3],
      ['refused again', 3, 3],
    ];
    expect(await read(0)).toEqual(all);
    expect(await read(2)).toEqual(all.slice(3));
  });
}
