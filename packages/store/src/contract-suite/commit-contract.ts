import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Store } from '../store.ts';
import type { OpenBench } from './bench.ts';
import { action, advance, commitOf, enqueued, newRun, runWrite, startRun, taskAdded } from './toy-run.ts';

export function commitContract(open: OpenBench): void {
  wholeCommits(open);
  talk(open);
  brokenCommits(open);
  busyRuns(open);
}

function wholeCommits(open: OpenBench): void {
  test('G01 a commit writes events, rows, job, timer, lease, document, token and answer together', async () => {
    const { store, clock } = await open();
    const run = await startRun(store);
    const before = await store.lastSequence();
    const timer = { id: 'timer', runId: run.id, taskId: 't1', attemptId: null, dueAt: clock.now };
    const lease = { attemptId: 'a1', nodeId: 'node', epoch: 1, durationMs: 15_000 };
    const token = { secretHash: randomUUID(), runId: run.id, attemptId: 'a1', epoch: 1, createdAt: 1 };
    const write = runWrite(run, [taskAdded('t1'), { type: 'run.resumed', data: {} }], run.id, {
      enqueue: [enqueued(run.id, 'j1')],
      setTimers: [timer],
      grantLeases: [lease],
    });
    const answered = action('key');

    const result = await store.commit(
      commitOf(write, { documents: [{ hash: 'h', text: 'text' }], tokens: [token], action: answered }),
    );

    expect(result).toEqual({ kind: 'committed', lastSequence: before + 2 });
    expect(await store.loadRun(run.id)).toEqual(write.after);
    expect(await store.loadRows(run.id)).toEqual(write.after);
    expect(await store.runRevision(run.id)).toBe(3);
    expect((await store.listJobs({ runId: run.id })).map(({ job }) => job.jobId)).toEqual(['j1']);
    expect(await store.dueTimers(clock.now, 10)).toEqual([timer]);
    expect(await store.nextLeaseEnd()).toBe(clock.now + 15_000);
    expect(await store.readDocument('h')).toBe('text');
    expect(await store.findToken(token.secretHash)).toEqual(token);
    expect(await store.findAction('key')).toEqual(answered);
    expect(await store.findOwner('task', 't1')).toBe(run.id);
  });

  test('G01 a refused request is kept without a run', async () => {
    const { store } = await open();
    const refused = {
      ...action('key'),
      outcome: 'rejected' as const,
      reasonCode: 'no_such_run',
      runId: 'nowhere',
    };

    const result = await store.commit(
      commitOf(null, { action: refused, documents: [{ hash: 'h', text: '' }] }),
    );

    expect(result).toEqual({ kind: 'committed', lastSequence: 0 });
    expect(await store.findAction('key')).toEqual(refused);
    expect(await store.readDocument('h')).toBe('');
  });

  test('G02 only what changed is written, and what is gone is removed', async () => {
    const { store } = await open();
    const first = await advance(store, await startRun(store), [
      taskAdded('t1'),
      taskAdded('t2'),
      taskAdded('t3'),
    ]);
    const second = await advance(store, first, [
      { type: 'task.readied', data: { taskId: 't2' } },
      { type: 'task.skipped', data: { taskId: 't3', reason: '' } },
    ]);

    expect(Object.keys((await store.loadRows(first.id))?.tasks ?? {}).toSorted()).toEqual(['t1', 't2']);
    expect(await store.loadRows(first.id)).toEqual(second);
    expect(await store.findOwner('task', 't3')).toBeNull();
  });
}

function talk(open: OpenBench): void {
  test('G01 G02 messages and questions are rows of their own, found by their ids', async () => {
    const { store } = await open();
    const run = await startRun(store);
    const to = { kind: 'attempt', attemptId: 'a1' } as const;
    const sent = { messageId: 's1', from: null, to, text: 'Ünï „x“', answers: null };
    const asked = { questionId: 'q1', attemptId: 'a1', text: 'why?', choices: ['so'] };
    const before = await advance(store, run, [
      { type: 'message.sent', data: sent },
      { type: 'question.asked', data: asked },
    ]);
    expect(await store.loadRows(run.id)).toEqual(before);
    const delivered = { messageId: 's1', attemptId: 'a1', turn: 2, mode: 'read' } as const;
    const after = await advance(store, before, [{ type: 'message.delivered', data: delivered }]);
    expect(await store.loadRows(run.id)).toEqual(after);
    expect(await store.loadRun(run.id)).toEqual(after);
    expect(after.messages['s1']?.delivery).toMatchObject({ attemptId: 'a1', turn: 2 });
    expect(await store.findOwner('message', 's1')).toBe(run.id);
    expect(await store.findOwner('question', 'q1')).toBe(run.id);
    expect(await store.findOwner('question', 's1')).toBeNull();
    expect((await store.auditRun(run.id))?.wrongCopies).toEqual([]);
  });
}

function brokenCommits(open: OpenBench): void {
  test('G01 a commit that fails in the middle leaves nothing behind', async () => {
    const { store, clock } = await open();
    const state = await startRun(store);
    const before = await advance(store, state, [taskAdded('t1')], { enqueue: [enqueued(state.id, 'j1')] });
    const sequence = await store.lastSequence();
    const timer = { id: 'timer', runId: state.id, taskId: null, attemptId: null, dueAt: clock.now };
    const write = runWrite(
      before,
      [taskAdded('t2'), { type: 'task.readied', data: { taskId: 't1' } }],
      state.id,
      {
        setTimers: [timer],
        enqueue: [enqueued(state.id, 'j2'), enqueued(state.id, 'j1')],
      },
    );

    const commit = store.commit(
      commitOf(write, { action: action('key'), documents: [{ hash: 'h', text: '' }] }),
    );

    await expect(commit).rejects.toMatchObject({ name: 'StoreError', code: 'constraint_violated' });
    expect(await store.loadRun(state.id)).toEqual(before);
    expect(await store.loadRows(state.id)).toEqual(before);
    expect(await store.lastSequence()).toBe(sequence);
    expect((await store.listJobs({})).map(({ job }) => job.jobId)).toEqual(['j1']);
    expect(await store.nextTimerAt()).toBeNull();
    expect(await store.findAction('key')).toBeNull();
    expect(await store.readDocument('h')).toBeNull();
    await advance(store, before, [taskAdded('t3')]);
  });

  test('G02 a write whose parts do not belong together is refused', async () => {
    const { store } = await open();
    const run = await startRun(store);
    const good = runWrite(run, [taskAdded('t1')]);

    for (const bad of [
      { ...good, expectedRevision: 0 },
      { ...good, after: run },
      { ...good, runId: 'another' },
      { ...good, events: good.events.map((event) => ({ ...event, number: 9 })) },
    ]) {
      await expect(store.commit(commitOf(bad))).rejects.toThrow(/Inconsistent write/);
    }
    expect(await store.loadRun(run.id)).toEqual(run);
  });
}

function busyRuns(open: OpenBench): void {
  const project = async (store: Store): Promise<{ projectId: string }> => ({
    projectId: (await startRun(store, { branch: 'tina/other' })).projectId,
  });

  test('G03 a second unended run of a design is refused, where it is asked to be the only one', async () => {
    const { store } = await open();
    const { projectId } = await project(store);
    const first = await startRun(store, { projectId, designId: 'design', onlyRunOfDesign: true });

    const same = await newRun(store, {
      projectId,
      designId: 'design',
      branch: 'tina/b',
      onlyRunOfDesign: true,
    });
    expect(await store.commit(commitOf(same))).toEqual({ kind: 'design-busy', runId: first.id });
    expect(await store.loadRun(same.runId)).toBeNull();
    const allowed = { ...same, onlyRunOfDesign: false };
    expect(await store.commit(commitOf(allowed))).toMatchObject({ kind: 'committed' });
  });

  test('G03 a second unended run on a branch of a project is refused', async () => {
    const { store } = await open();
    const { projectId } = await project(store);
    const first = await startRun(store, { projectId });
    const second = await newRun(store, { projectId });

    expect(await store.commit(commitOf(second))).toEqual({ kind: 'branch-busy', runId: first.id });
    expect(await store.commit(commitOf(await newRun(store)))).toMatchObject({ kind: 'committed' });
    await advance(store, first, [
      { type: 'run.completed', data: { ending: { kind: 'kept', branch: first.branch } } },
    ]);
    expect(await store.commit(commitOf(second))).toMatchObject({ kind: 'committed' });
  });
}
