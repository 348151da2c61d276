import type { Finding } from '../design/design.ts';
import { errorFinding } from '../design/finding.ts';
import { transitiveDependencies } from '../graph/task-graph.ts';
import { patternsOverlap } from '../scope/path-scope.ts';
import { planGraph } from './plan-graph.ts';
import type { PlanTask } from './plan.ts';

/**
 * Pairs of tasks that may run at the same time, because neither waits for the other, and may change the same file. A task
 * that `isOver` runs with no other any more.
 */
export function lintOverlaps(
  tasks: readonly PlanTask[],
  isOver: (task: PlanTask) => boolean = () => false,
): Finding[] {
  const nodes = planGraph(tasks);
  const waitsFor = new Map(nodes.map((node) => [node.id, transitiveDependencies(nodes, node.id)]));
  const findings: Finding[] = [];
  const running = nodes.filter(({ task }) => !isOver(task));
  for (const [index, later] of running.entries()) {
    for (const earlier of running.slice(0, index)) {
      if (waitsFor.get(later.id)?.has(earlier.id) || waitsFor.get(earlier.id)?.has(later.id)) continue;
      const overlap = overlapOf(earlier.task.files, later.task.files);
      if (overlap !== null) findings.push(overlapping(earlier.task, later.task, overlap));
    }
  }
  return findings;
}

function overlapOf(left: readonly string[], right: readonly string[]): string | null {
  for (const pattern of left) {
    const other = right.find((candidate) => patternsOverlap(pattern, candidate));
    if (other !== undefined)
      return pattern === other ? `"${pattern}"` : `"${pattern}" and "${other}" overlap`;
  }
  return null;
}

function overlapping(earlier: PlanTask, later: PlanTask, overlap: string): Finding {
  return errorFinding(
    'files_overlap',
    later.line,
    `Task ${earlier.number} and Task ${later.number} run at the same time and may change the same files: ${overlap}. ` +
      `Let Task ${later.number} depend on Task ${earlier.number}, or give each its own files.`,
  );
}
