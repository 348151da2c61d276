import type { Finding } from '../design/design.ts';
import { errorFinding } from '../design/finding.ts';
import { findCycle } from '../graph/task-graph.ts';
import type { PlanTask } from './plan.ts';
import { planGraph, type PlanGraphNode } from './plan-graph.ts';

/** Dependencies on tasks that do not exist, on the task itself, and in circles. */
export function lintDependencies(tasks: readonly PlanTask[]): Finding[] {
  const numbers = new Set(tasks.map((task) => task.number));
  const findings: Finding[] = [];
  for (const { number, line, dependsOn } of tasks) {
    for (const dependency of dependsOn) {
      if (dependency === number) {
        findings.push(errorFinding('self_dependency', line, `Task ${number} depends on itself.`));
      } else if (!numbers.has(dependency)) {
        const message = `Task ${number} depends on Task ${dependency}, which this plan does not have.`;
        findings.push(errorFinding('unknown_dependency', line, message));
      }
    }
  }
  return [...findings, ...lintCycles(planGraph(tasks))];
}

/** Each cycle that shares no task with one reported before. */
function lintCycles(nodes: readonly PlanGraphNode[]): Finding[] {
  const findings: Finding[] = [];
  let rest = nodes;
  for (let cycle = findCycle(rest); cycle !== null; cycle = findCycle(rest)) {
    const onCycle = new Set(cycle);
    const [first] = rest.filter((node) => onCycle.has(node.id)) as [PlanGraphNode];
    const way = [...cycle, cycle[0]].join(' → ');
    findings.push(
      errorFinding(
        'dependency_cycle',
        first.task.line,
        `These tasks wait for each other: ${way}. Remove one of the dependencies.`,
      ),
    );
    rest = rest.filter((node) => !onCycle.has(node.id));
  }
  return findings;
}
