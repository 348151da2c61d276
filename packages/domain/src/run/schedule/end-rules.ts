import { FINALIZE_TASK_NAME } from '../../naming/names.ts';
import type { RunEvent } from '../event.ts';
import { allocateIds } from '../ids.ts';
import { taskNamed } from '../lookup.ts';
import { isActive, isOver, isStuck, unsettledAttempts } from '../queries.ts';
import { removableSlots } from '../slots.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';
import { stepContext } from './context.ts';
import { finalizeStep } from './finalize-step.ts';

/** A finalized run is complete, even if someone cancelled it meanwhile: what landed has landed (G05). */
export function endRun(state: RunState, now: number): readonly RunEvent[] {
  const finalize = taskNamed(state, FINALIZE_TASK_NAME);
  if (finalize.result?.kind === 'finalized') {
    return [{ type: 'run.completed', data: { ending: finalize.result.ending } }];
  }
  return finalize.ending === null ? [] : finalizeStep(stepContext(state, finalize, now));
}

/** Stops all attempts, waits until they are settled and what moves refs is done, then ends; branches are kept. */
export function cancelRun(state: RunState): readonly RunEvent[] {
  const reason = 'the run was cancelled';
  const unsettled = unsettledAttempts(state);
  const running = unsettled.filter(isActive);
  if (running.length > 0) {
    return running.map((attempt) => ({
      type: 'attempt.cancelled',
      data: { attemptId: attempt.id, reason },
    }));
  }
  const tasks = Object.values(state.tasks).filter((task) => !isOver(task));
  const isBusy = tasks.some((task) => task.waitsFor?.kind === 'job' && !isWithdrawable(task));
  // A settling that failed keeps its worktree; it must not keep the run from ending.
  if (isBusy || !unsettled.every(isStuck)) return [];
  return [
    ...tasks.map((task): RunEvent => ({ type: 'task.cancelled', data: { taskId: task.id } })),
    { type: 'run.cancelled', data: { reason: state.cancelReason } },
  ];
}

/** Checks can be dropped at any time; what moves refs is awaited. */
function isWithdrawable(task: Task): boolean {
  return task.step === 'checks' || task.step === 'baseline';
}

/** After the end, once nothing runs any more, the worktrees go; those that hold what could not be kept elsewhere stay. */
export function removeSlots(state: RunState): readonly RunEvent[] {
  if (state.slotsRemoval !== 'none' || !unsettledAttempts(state).every(isStuck)) return [];
  const slots = removableSlots(state);
  if (slots.length === 0) return [];
  return [{ type: 'slots.removal_requested', data: { jobId: allocateIds(state).next('j'), slots } }];
}
