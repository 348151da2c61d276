import type { Finding } from '../../design/design.ts';
import { lintDependencies } from '../../plan/lint-dependencies.ts';
import { lintOverlaps } from '../../plan/lint-overlaps.ts';
import type { PlanTask } from '../../plan/plan.ts';
import { specOf } from '../lookup.ts';
import { isOver } from '../queries.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';

/** The tasks of the same plan, the task itself among them, in the order of the plan. */
export function plannedTogether(state: RunState, { parentId }: Task): readonly Task[] {
  return Object.values(state.tasks).filter((each) => each.spec !== null && each.parentId === parentId);
}

/**
 * What is wrong between the tasks of a plan when one of them is as `edited` says: dependencies that can never be met, and
 * files that tasks which may run at the same time share. A task that is over shares nothing any more.
 */
export function lintTogether(state: RunState, task: Task, edited: PlanTask): readonly Finding[] {
  const together = plannedTogether(state, task);
  const over = new Set(together.filter(isOver).map((each) => specOf(each).number));
  const specs = together.map((each) => (each.id === task.id ? edited : specOf(each)));
  return [...lintDependencies(specs), ...lintOverlaps(specs, ({ number }) => over.has(number))];
}

/**
 * The ids that a task waits for when its plan says that it depends on these: those of the plan's tasks, and what it waits for
 * beside them. Numbers that the plan has not are left out.
 */
export function dependenciesOf(state: RunState, task: Task, numbers: readonly number[]): readonly string[] {
  const together = plannedTogether(state, task);
  const ofPlan = new Set(together.map(({ id }) => id));
  const wanted = numbers.flatMap((number) => together.filter((each) => specOf(each).number === number));
  return [...task.dependsOn.filter((id) => !ofPlan.has(id)), ...wanted.map(({ id }) => id)];
}
