import type { Finding } from '../../design/design.ts';
import { lintTask } from '../../plan/lint-plan.ts';
import type { PlanTask } from '../../plan/plan.ts';
import type { Decision, OperatorCommand } from '../command.ts';
import { dependenciesOf, lintTogether } from '../edit/planned-tasks.ts';
import { changesBetween } from '../edit/task-edit.ts';
import { writtenEdit } from '../edit/written-edit.ts';
import { found } from '../lookup.ts';
import { isOver } from '../queries.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';
import { accept, reject } from './decision.ts';
import { noSuchTask, unblock } from './retry.ts';

type EditTask = Extract<OperatorCommand, { kind: 'edit-task' }>;

/**
 * Changes what the plan says of a task that has not begun. The plan's rules hold on: known models and dependencies, no
 * circle, files that no task at work at the same time has, acceptance criteria.
 */
export function editTask(state: RunState, { taskId, edit, revision }: EditTask): Decision {
  const task = found(state.tasks, taskId);
  if (!task) return noSuchTask(state, taskId);
  const { spec } = task;
  if (spec === null) {
    const message = `Task ${task.name} is of no plan; only tasks of a plan can be edited.`;
    return reject('not_planned', message, `tina tasks ${state.id}`);
  }
  const refusal = refuseBegun(task) ?? refuseChanged(task, revision);
  if (refusal !== null) return refusal;
  const written = writtenEdit(spec, edit);
  if (!written.ok) return refuseFindings(task, written.findings);
  const edited: PlanTask = { ...spec, ...written.edit };
  const changes = changesBetween(spec, edited);
  if (Object.keys(changes).length === 0) {
    return reject('nothing_changed', `Task ${task.name} says that already.`, `tina task ${taskId}`);
  }
  const findings = [...lintTask(edited, state.policy), ...lintTogether(state, task, edited)];
  if (findings.length > 0) return refuseFindings(task, findings);
  // With other dependencies it may begin although the run said that nothing can.
  return accept(...(changes.dependsOn ? unblock(state) : []), {
    type: 'task.edited',
    data: { taskId, changes, dependsOn: dependenciesOf(state, task, edited.dependsOn) },
  });
}

function refuseBegun(task: Task): Decision | null {
  const { id, name, status } = task;
  if (isOver(task)) return reject('task_over', `Task ${name} is ${status} already.`, `tina task ${id}`);
  if (status === 'pending' || status === 'ready') return null;
  const message = `Task ${name} has begun; what its agent was told cannot be changed any more.`;
  return reject('task_begun', message, `tina task ${id}`, `tina skip ${id} --reason "..."`);
}

function refuseChanged({ id, name, edits = 0 }: Task, revision: number | null): Decision | null {
  if (revision === null || revision === edits) return null;
  const message = `Task ${name} was edited meanwhile: it is at revision ${edits}, and the edit is of ${revision}.`;
  return reject('task_changed', message, `tina task ${id}`);
}

/** With the code of the first. */
function refuseFindings({ id, name }: Task, findings: readonly Finding[]): Decision {
  const [first] = findings as [Finding];
  const next = [`tina task ${id}`, 'mend the edit, then the same command again'];
  const message = `Task ${name} cannot be like that: ${first.message}`;
  return { ok: false, rejection: { code: first.code, message, next, findings } };
}
