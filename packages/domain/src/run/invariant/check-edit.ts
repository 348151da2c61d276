import { findCycle } from '../../graph/task-graph.ts';
import { lintOverlaps } from '../../plan/lint-overlaps.ts';
import type { RunEventPayloads } from '../event.ts';
import { plannedTogether } from '../edit/planned-tasks.ts';
import { withChanges } from '../edit/task-edit.ts';
import { specOf } from '../lookup.ts';
import { isOver } from '../queries.ts';
import type { RunState } from '../state.ts';
import { ofEach, type Violation } from './violation.ts';

/** An edited task has not begun (G03), can begin one day (G05), and shares no file with what may run beside it (G21). */
export function checkEdit(
  before: RunState,
  { taskId, changes, dependsOn }: RunEventPayloads['task.edited'],
): readonly Violation[] {
  const task = before.tasks[taskId];
  if (!task?.spec) {
    return [{ guarantee: 'G03', subject: taskId, message: `Task ${taskId} was edited and is of no plan.` }];
  }
  const edited = withChanges(task.spec, changes);
  const nodes = Object.values({ ...before.tasks, [taskId]: { ...task, dependsOn } });
  const together = plannedTogether(before, task);
  const over = new Set(together.filter(isOver).map((each) => specOf(each).number));
  const specs = together.map((each) => (each.id === taskId ? edited : specOf(each)));
  return ofEach([task], ({ attemptCount }) => [
    attemptCount > 0 && {
      guarantee: 'G03',
      subject: taskId,
      message: `Task ${taskId} was edited, and an agent was told of it before.`,
    },
    dependsOn.some((id) => !before.tasks[id]) && {
      guarantee: 'G05',
      subject: taskId,
      message: `Task ${taskId} was edited to wait for a task that is not there.`,
    },
    findCycle(nodes) !== null && {
      guarantee: 'G05',
      subject: taskId,
      message: `Task ${taskId} was edited to wait for itself.`,
    },
    lintOverlaps(specs, ({ number }) => over.has(number)).length > 0 && {
      guarantee: 'G21',
      subject: taskId,
      message: `Task ${taskId} was edited to share files with a task that may run beside it.`,
    },
  ]);
}
