import { topologicalOrder } from '../../graph/task-graph.ts';
import { known, taskOf } from '../lookup.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';

/**
 * Some of the run's tasks in the order they should be served: first those with the longest chain of tasks behind them,
 * because the run cannot end sooner than that chain does; then as they were added.
 */
export function priorityOrder(state: RunState, tasks: readonly Task[]): readonly Task[] {
  if (tasks.length < 2) return tasks;
  const lengthBehind = chainsBehind(state);
  return tasks.toSorted((a, b) => lengthBehind(b.id) - lengthBehind(a.id));
}

/** For each task, how many tasks the longest chain behind it has. */
function chainsBehind(state: RunState): (taskId: string) => number {
  const tasks = Object.values(state.tasks);
  const lengths = new Map(tasks.map((task) => [task.id, 0]));
  const lengthBehind = (taskId: string): number => known(lengths.get(taskId), `task ${taskId}`);
  for (const id of topologicalOrder(tasks).toReversed()) {
    for (const dependency of taskOf(state, id).dependsOn) {
      lengths.set(dependency, Math.max(lengthBehind(dependency), lengthBehind(id) + 1));
    }
  }
  return lengthBehind;
}
