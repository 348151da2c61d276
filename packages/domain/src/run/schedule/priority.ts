import { criticalLengths } from '../../graph/task-graph.ts';
import { known } from '../lookup.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';

/**
 * Some of the run's tasks in the order they should be served: first those on the longest chain of tasks that wait for each
 * other, because the run cannot end sooner than that chain does; then as they were added, which is the order of the plan.
 */
export function priorityOrder(state: RunState, tasks: readonly Task[]): readonly Task[] {
  if (tasks.length < 2) return tasks;
  const lengths = criticalLengths(Object.values(state.tasks));
  const lengthBehind = ({ id }: Task): number => known(lengths.get(id), `task ${id}`);
  return tasks.toSorted((a, b) => lengthBehind(b) - lengthBehind(a));
}
