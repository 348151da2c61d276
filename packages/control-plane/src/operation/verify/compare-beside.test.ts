import type { Attempt, RunState, Task } from '@tina/domain';
import type { RunAudit } from '@tina/store';
import { expect, it } from 'vitest';
import { openHome } from '../../testing/home.test-support.ts';
import { compareBeside } from './compare-beside.ts';

const NOTHING: RunAudit = { revision: 1, wrongCopies: [], openJobs: [], timers: [], leases: [], tokens: [] };

/** A run with one attempt, each as it is said. */
async function stateWith(attempt: Partial<Attempt>, task: Partial<Task>): Promise<RunState> {
  const home = await openHome();
  const state = await home.state(await home.startRun());
  const [only] = Object.values(state.attempts);
  if (!only) throw new Error('there is no attempt');
  const idle = Object.fromEntries(
    Object.values(state.tasks).map((each) => [each.id, { ...each, waitsFor: null }]),
  );
  const first = Object.values(idle)[0] as Task;
  return {
    ...state,
    attempts: { a1: { ...only, id: 'a1', jobId: null, ...attempt } },
    tasks: { ...idle, [first.id]: { ...first, ...task } },
  };
}

const summary = (audit: Partial<RunAudit>, state: RunState): readonly unknown[] =>
  compareBeside({ ...NOTHING, ...audit }, state, true).map(({ mend, message, mending }) => [
    mend,
    message,
    mending?.kind === 'store' ? mending.patch : null,
  ]);

it('G05 sets the timers that a state waits for and nobody set, for the time that it says', async () => {
  const state = await stateWith(
    { status: 'parked', parkedUntil: 7 },
    { waitsFor: { kind: 'timer', dueAt: 9 } },
  );
  const [task = ''] = Object.keys(state.tasks);
  const base = { runId: state.id };
  expect(summary({ leases: ['a1'] }, state)).toEqual([
    [
      'safe',
      `timer ${task} is waited for, and it is not set: the run would wait for ever`,
      { setTimers: [{ ...base, id: task, taskId: task, attemptId: null, dueAt: 9 }] },
    ],
    [
      'safe',
      'timer a1 is waited for, and it is not set: the run would wait for ever',
      { setTimers: [{ ...base, id: 'a1', taskId: null, attemptId: 'a1', dueAt: 7 }] },
    ],
  ]);
});

it('G13 leases an attempt at work that nobody holds, so that its end is noticed', async () => {
  const state = await stateWith({ status: 'running', epoch: 3 }, {});
  expect(summary({}, state)).toEqual([
    [
      'safe',
      'attempt a1 is at work without a lease: nobody would notice its end',
      { grantLeases: [{ attemptId: 'a1', nodeId: state.nodeId, epoch: 3, durationMs: 15_000 }] },
    ],
  ]);
  expect(summary({ leases: ['a1'] }, state)).toEqual([]);
});

it('G14 lets the job that removes the worktrees be', async () => {
  const state = await stateWith({ settled: true, status: 'succeeded' }, {});
  const openJobs = [{ id: 'j1', kind: 'remove-slots' as const }];
  expect(summary({ openJobs }, { ...state, slotsRemoval: 'requested' })).toEqual([]);
  expect(summary({ openJobs }, state)).toHaveLength(1);
});
