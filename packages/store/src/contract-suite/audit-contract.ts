import type { RunEvent, RunState } from '@tina/domain';
import { expect, test } from 'vitest';
import type { RunMend } from '../audit/audit.ts';
import type { Store } from '../store.ts';
import type { OpenBench } from './bench.ts';
import { advance, enqueued, runWrite, startRun, taskAdded } from './toy-run.ts';

const GATE: RunEvent = { type: 'gate.opened', data: { id: 'g1', taskId: 't1', kind: 'plan', question: '?' } };

/** A run with a job, a timer, a lease and a token. */
async function runWithEverything(store: Store): Promise<RunState> {
  const run = await startRun(store, { runId: 'r1' });
  const timer = { id: 't1', runId: 'r1', taskId: 't1', attemptId: null, dueAt: 7 };
  const state = await advance(store, run, [taskAdded('t1'), GATE], {
    enqueue: [enqueued('r1', 'j1', 'start-agent'), enqueued('r1', 'j2')],
    setTimers: [timer],
    grantLeases: [{ attemptId: 'a1', nodeId: 'node', epoch: 1, durationMs: 1_000 }],
  });
  await store.saveToken({ secretHash: 'h', runId: 'r1', attemptId: 'a1', epoch: 1, createdAt: 5 });
  return state;
}

const JOBS = [
  { id: 'j1', kind: 'start-agent' },
  { id: 'j2', kind: 'remove-slots' },
];

const nothing = (state: RunState): RunMend => ({
  state,
  replacesRows: false,
  dropsSnapshots: false,
  withdraw: [],
  requeue: [],
  grantLeases: [],
  setTimers: [],
  clearTimers: [],
  releaseLeases: [],
  dropTokens: [],
});

export function auditContract(open: OpenBench): void {
  besideTheState(open);
  rowsAnew(open);
}

function besideTheState(open: OpenBench): void {
  test('G02 shows what stands beside a run, and that its copies are right', async () => {
    const { store } = await open();
    const { revision } = await runWithEverything(store);
    expect(await store.auditRun('r1')).toEqual({
      revision,
      wrongCopies: [],
      openJobs: JOBS,
      timers: [{ id: 't1', runId: 'r1', taskId: 't1', attemptId: null, dueAt: 7 }],
      leases: ['a1'],
      tokens: ['a1'],
    });
    expect(await store.auditRun('none')).toBeNull();
  });

  test('G02 puts it right, all of it or nothing', async () => {
    const { store } = await open();
    const state = await runWithEverything(store);
    const timer = { id: 't2', runId: 'r1', taskId: 't2', attemptId: null, dueAt: 9 };
    const mend: RunMend = {
      ...nothing(state),
      withdraw: ['j1'],
      setTimers: [timer],
      clearTimers: ['t1'],
      releaseLeases: ['a1'],
      dropTokens: ['a1'],
    };
    expect(await store.mendRun({ ...mend, state: { ...state, revision: state.revision - 1 } })).toBe(false);
    expect((await store.auditRun('r1'))?.openJobs).toEqual(JOBS);
    expect(await store.mendRun(mend)).toBe(true);
    expect(await store.auditRun('r1')).toMatchObject({
      openJobs: JOBS.slice(1),
      timers: [timer],
      leases: [],
      tokens: [],
    });
    expect(await store.loadRows('r1')).toEqual(state);
    expect(await store.mendRun(mend), 'again').toBe(true);

    const grantLeases = [{ attemptId: 'a1', nodeId: 'node', epoch: 1, durationMs: 1_000 }];
    expect(await store.mendRun({ ...nothing(state), requeue: ['j1', 'j2', 'none'], grantLeases })).toBe(true);
    expect(await store.auditRun('r1')).toMatchObject({ openJobs: JOBS, leases: ['a1'] });
    const jobs = await store.listJobs({ runId: 'r1' });
    expect(
      jobs.map(({ epoch }) => epoch),
      'G10 only what was closed begins anew',
    ).toEqual([2, 1]);
  });
}

function rowsAnew(open: OpenBench): void {
  test('G02 makes rows and snapshots anew from the state', async () => {
    const { store } = await open();
    let state = await runWithEverything(store);
    for (let count = 0; count < 300; count += 1)
      state = await advance(store, state, [taskAdded(`x${count}`)]);
    const { t1: _, ...tasks } = state.tasks;
    // Rows that no events make, written by a commit that says otherwise.
    const wrong = runWrite(state, [taskAdded('t9')]);
    const spoilt = { ...wrong, after: { ...wrong.after, tasks, feature: 'other' } };
    await store.commit({
      run: spoilt,
      completesJob: null,
      firesTimer: null,
      documents: [],
      tokens: [],
      action: null,
    });
    expect(await store.loadRows('r1')).not.toEqual(wrong.after);

    const mend = { ...nothing(wrong.after), replacesRows: true, dropsSnapshots: true };
    expect(await store.mendRun({ ...mend, state: { ...wrong.after, revision: 3 } })).toBe(false);
    expect(await store.mendRun(mend)).toBe(true);
    expect(await store.loadRows('r1')).toEqual(wrong.after);
    expect(await store.loadRun('r1')).toEqual(wrong.after);
    expect(await store.checkIntegrity()).toEqual([]);
  });
}
