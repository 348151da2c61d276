import type { Decision } from '../command.ts';
import type { RetryKeeps, RunEvent } from '../event.ts';
import { found, known } from '../lookup.ts';
import type { RunState } from '../state.ts';
import type { Task, TaskStep } from '../task.ts';
import { accept, reject } from './decision.ts';

export function retry(state: RunState, taskId: string): Decision {
  const task = found(state.tasks, taskId);
  if (!task) return noSuchTask(state, taskId);
  if (task.status !== 'blocked') {
    return reject(
      'task_not_blocked',
      `Task ${task.name} is ${task.status.replace('_', ' ')}; only a blocked task can be retried.`,
      `tina task ${taskId}`,
    );
  }
  return accept(...unblock(state), { type: 'task.retried', data: { taskId, ...retryOf(task) } });
}

export function noSuchTask(state: RunState, taskId: string): Decision {
  return reject('no_such_task', `The run has no task ${taskId}.`, `tina tasks ${state.id}`);
}

export function unblock(state: RunState): readonly RunEvent[] {
  return state.blocked ? [{ type: 'run.unblocked', data: {} }] : [];
}

interface Retry {
  readonly step: TaskStep;
  readonly keeps: RetryKeeps;
}

/** Where a blocked task takes up again: at the step that blocked, or where what blocked it can be changed. */
function retryOf(task: Task): Retry {
  const step = known(task.step, `step of task ${task.id}`);
  const { code } = known(task.block, `block of task ${task.id}`);
  // An attempt that an earlier retry gave up is settled again, and is not gone back to.
  if (code === 'settling_failed' && task.stepAttempts.length > 0) return { step, keeps: 'attempt' };
  if (task.kind === 'finalize') return { step: finalizeStep(step), keeps: 'work' };
  if (task.kind === 'phase-task') return retryOfPhaseTask(step, code);
  // The checks that found gaps run again, and then the review; nothing else could close the findings.
  const isReviewed = task.kind === 'review-phase' && step === 'approve';
  return { step: isReviewed ? 'checks' : step, keeps: 'work' };
}

/** The way to the base is gone from its begin: the base may have moved, and so may the branch. */
function finalizeStep(step: TaskStep): TaskStep {
  return step === 'pull-request' || step === 'discard' ? step : 'integrate';
}

function retryOfPhaseTask(step: TaskStep, code: string): Retry {
  // What is outside the scope is in the work itself; from the tip, the scope is looked at before it can get in again.
  if (code === 'out_of_scope') return { step: 'implement', keeps: 'nothing' };
  if (code === 'review_limit') return { step: 'implement', keeps: 'work' };
  // What a conflict is about is found by trying to merge once more.
  return { step: step === 'resolve' ? 'merge' : step, keeps: 'work' };
}
