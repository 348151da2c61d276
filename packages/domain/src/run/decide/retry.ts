import type { Decision } from '../command.ts';
import type { RetryKeeps, RunEvent } from '../event.ts';
import { known } from '../lookup.ts';
import type { RunState } from '../state.ts';
import type { Task, TaskStep } from '../task.ts';
import { accept, reject } from './decision.ts';

export function retry(state: RunState, taskId: string): Decision {
  const task = state.tasks[taskId];
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

/** Where a blocked task takes up again: at the step that blocked, or where what blocked it can be changed. */
function retryOf(task: Task): { readonly step: TaskStep; readonly keeps: RetryKeeps } {
  const step = known(task.step, `step of task ${task.id}`);
  const code = task.block?.code;
  if (code === 'settling_failed') return { step, keeps: 'attempt' };
  // What is outside the scope is in the work itself; from the tip, the scope is looked at before it can get in again.
  if (code === 'out_of_scope') return { step: 'implement', keeps: 'nothing' };
  if (code === 'review_limit') return { step: 'implement', keeps: 'work' };
  // The checks that found gaps run again, and then the review; nothing else could close the findings.
  if (code === 'remediation_limit') return { step: 'checks', keeps: 'work' };
  return { step: task.kind === 'finalize' ? finalizeStep(step) : phaseTaskStep(step), keeps: 'work' };
}

/** The way to the base is gone from its begin: the base may have moved, and so may the branch. */
function finalizeStep(step: TaskStep): TaskStep {
  return step === 'pull-request' || step === 'discard' ? step : 'integrate';
}

/** What the conflict is about is found by trying to merge once more. */
function phaseTaskStep(step: TaskStep): TaskStep {
  return step === 'resolve' ? 'merge' : step;
}
