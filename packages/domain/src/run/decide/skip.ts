import { executeTaskName, planTaskName, reviewTaskName } from '../../naming/names.ts';
import type { Decision } from '../command.ts';
import type { RunEvent } from '../event.ts';
import { found, phaseNumberOf, taskNamed } from '../lookup.ts';
import { childrenOf, isOver, openPhaseFindings, openTaskFindings } from '../queries.ts';
import type { RunFinding } from '../run-finding.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';
import { accept, reject } from './decision.ts';
import { noSuchTask, unblock } from './retry.ts';

/** Leaves a task out, with what has no meaning without it. What depends on it goes on as if it were done. */
export function skip(state: RunState, taskId: string, reason: string): Decision {
  const task = found(state.tasks, taskId);
  if (!task) return noSuchTask(state, taskId);
  if (isOver(task)) return reject('task_over', `Task ${task.name} is ${task.status} already.`);
  if (task.kind === 'setup-worktree' || task.kind === 'finalize') {
    return reject(
      'task_needed',
      `Task ${task.name} cannot be skipped: nothing can go on without it.`,
      task.kind === 'finalize' ? `tina finalize ${state.id} --keep` : `tina cancel ${state.id}`,
    );
  }
  const affected = [task, ...meaninglessWithout(state, task)].filter((each) => !isOver(each));
  const busy = affected.find((each) => isAtWork(each));
  if (busy) {
    return reject(
      'task_in_progress',
      `Task ${busy.name} is at work; pause the run first, then skip it.`,
      `tina pause ${state.id} --now`,
    );
  }
  return accept(
    ...unblock(state),
    ...findingsOf(state, affected).map((finding): RunEvent => ({
      type: 'finding.waived',
      data: { findingId: finding.id, because: `${task.name} was skipped: ${reason}` },
    })),
    ...affected.map((each): RunEvent => ({ type: 'task.skipped', data: { taskId: each.id, reason } })),
  );
}

/** Whether an agent or a job is at it; a timer or a gate can be given up. */
function isAtWork({ waitsFor }: Task): boolean {
  return waitsFor?.kind === 'attempt' || waitsFor?.kind === 'job';
}

/**
 * Without its plan a phase has nothing to execute and to review; without its execution it needs no plan and has no tasks of
 * its own.
 */
function meaninglessWithout(state: RunState, task: Task): readonly Task[] {
  const named = (nameOf: (phase: string) => string): Task => taskNamed(state, nameOf(phaseNumberOf(task)));
  if (task.kind === 'plan-phase') return [named(executeTaskName), named(reviewTaskName)];
  return task.kind === 'execute-phase' ? [named(planTaskName), ...childrenOf(state, task.id)] : [];
}

/** Nobody will close these any more. */
function findingsOf(state: RunState, skipped: readonly Task[]): readonly RunFinding[] {
  return skipped.flatMap((task) => {
    if (task.kind === 'review-phase') return openPhaseFindings(state, phaseNumberOf(task));
    return openTaskFindings(state, task.id);
  });
}
