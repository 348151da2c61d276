import { topologicalOrder } from '../../graph/task-graph.ts';
import type { Task } from '../state.ts';

/**
 * Tasks in the order they should be served: first those with the longest chain of unfinished tasks behind them, because
 * the run cannot end sooner than that chain does; then as they were added.
 */
export function priorityOrder(tasks: readonly Task[]): readonly Task[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const behind = new Map<string, number>();
  for (const id of topologicalOrder(tasks).toReversed()) {
    const length = behind.get(id) ?? 0;
    for (const dependency of byId.get(id)?.dependsOn ?? []) {
      behind.set(dependency, Math.max(behind.get(dependency) ?? 0, length + 1));
    }
  }
  return tasks.toSorted((a, b) => (behind.get(b.id) ?? 0) - (behind.get(a.id) ?? 0));
}
