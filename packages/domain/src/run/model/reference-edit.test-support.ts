import { isOver, type RefPlanned, type RefRun, type RefTask } from './reference-run.test-support.ts';

/** A task of a plan that has not begun waits for other tasks, or is reviewed otherwise. */
export function edit(run: RefRun, task: RefTask, { dependsOn, reviews }: RefPlanned): string | null {
  const { planned } = task;
  if (planned === null) return 'not_planned';
  if (isOver(task)) return 'task_over';
  if (task.status !== 'pending' && task.status !== 'ready') return 'task_begun';
  const isSame = (one: readonly unknown[], other: readonly unknown[]): boolean =>
    one.length === other.length && one.every((each, index) => each === other[index]);
  const staysPut = isSame(planned.dependsOn, dependsOn);
  if (staysPut && isSame(planned.reviews, reviews)) return 'nothing_changed';
  const siblings = run.tasks.filter(({ parent }) => parent === task.parent);
  const awaited = dependsOn.map((index) => siblings[index]);
  if (awaited.includes(task)) return 'self_dependency';
  if (awaited.includes(undefined)) return 'unknown_dependency';
  const found = awaited.filter((each) => each !== undefined);
  if (found.some((each) => waitsInTheEnd(each, task))) return 'dependency_cycle';
  task.planned = { dependsOn, reviews };
  if (staysPut) return null;
  run.isBlocked = false;
  task.status = 'pending';
  task.after = [...task.after.filter(({ parent }) => parent === null), ...found];
  return null;
}

function waitsInTheEnd(task: RefTask, goal: RefTask): boolean {
  return task.after.some((each) => each === goal || waitsInTheEnd(each, goal));
}
