import { taskOf } from '../lookup.ts';
import { isDone } from '../queries.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';
import { ofEach, type Violation } from './violation.ts';

/** Nothing before what it depends on, and work that is done is merged (G19); one merge at a time (G20). */
export function checkGraph(state: RunState): readonly Violation[] {
  const tasks = Object.values(state.tasks);
  const merging = tasks.filter(({ step, waitsFor }) => step === 'merge' && waitsFor?.kind === 'job');
  return [
    ...ofEach(tasks, (task) => [...checkDependencies(state, task), checkMerged(task)]),
    ...ofEach(merging.slice(1), ({ id }) => [
      { guarantee: 'G20', subject: id, message: `Task ${id} is merged while another one is.` },
    ]),
  ];
}

function checkDependencies(state: RunState, task: Task): readonly Violation[] {
  const { id, status, dependsOn } = task;
  if (status === 'pending' || status === 'skipped' || status === 'cancelled') return [];
  return ofEach(dependsOn, (other) => [
    !isDone(taskOf(state, other)) && {
      guarantee: 'G19',
      subject: id,
      message: `Task ${id} is ${status}, and ${other}, which it depends on, is not done.`,
    },
  ]);
}

function checkMerged({ id, kind, status, mergedCommit }: Task): Violation | false {
  if (kind !== 'phase-task' || status !== 'completed' || mergedCommit !== null) return false;
  return { guarantee: 'G19', subject: id, message: `Task ${id} is completed and its work was never merged.` };
}
