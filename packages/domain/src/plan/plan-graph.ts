import type { GraphNode } from '../graph/task-graph.ts';
import type { PlanTask } from './plan.ts';

export interface PlanGraphNode extends GraphNode {
  readonly task: PlanTask;
}

/**
 * A plan's tasks as a graph, its numbers as ids. Of tasks with the same number only the first is in it, and nothing
 * depends on itself: both are findings of their own.
 */
export function planGraph(tasks: readonly PlanTask[]): PlanGraphNode[] {
  const byNumber = new Map<number, PlanGraphNode>();
  for (const task of tasks) {
    if (byNumber.has(task.number)) continue;
    const dependsOn = task.dependsOn.filter((number) => number !== task.number).map(String);
    byNumber.set(task.number, { id: String(task.number), dependsOn, task });
  }
  return [...byNumber.values()];
}
