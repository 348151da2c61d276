import type { RunState, Task } from '@tina/domain';
import type { Random } from './random.ts';

/** What a person asks of a daemon. */
export interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Anything that may be asked of a run, whether it makes sense or not. */
export function someMeddling(run: RunState, random: Random): Call {
  const tasks = Object.values(run.tasks);
  const task = random.pick(tasks)?.id ?? 'none';
  const gate = random.pick(Object.values(run.gates))?.id ?? 'none';
  const calls: readonly [Call, ...Call[]] = [
    { name: 'run.pause', input: { run: run.id } },
    { name: 'run.pause', input: { run: run.id, now: true } },
    { name: 'run.resume', input: { run: run.id } },
    { name: 'task.retry', input: { task } },
    { name: 'task.skip', input: { task, reason: 'It is not needed.' } },
    { name: 'task.edit', input: someEdit(tasks, random) },
    { name: 'task.edit', input: someEdit(tasks, random) },
    { name: 'gate.approve', input: { gate } },
    { name: 'gate.reject', input: { gate, comment: 'Not like that.' } },
    { name: 'run.finalize', input: { run: run.id, choice: random.pick(['merge', 'keep', 'discard']) } },
  ];
  const isBold = random.permille(60);
  return isBold ? { name: 'run.cancel', input: { run: run.id } } : random.pick(calls);
}

/** An edit of a task that can be edited, mostly; null where there is none. */
export function editOfWaiting(tasks: readonly Task[], random: Random): Call | null {
  const planned = tasks.filter(({ spec, endedAt }) => spec !== null && endedAt === null);
  const waiting = planned.filter(({ status }) => status === 'pending' || status === 'ready');
  // Now and then somebody comes too late.
  const task = random.pick(random.permille(300) ? planned : waiting);
  if (task === undefined) return null;
  return { name: 'task.edit', input: editOf(task, tasks, random) };
}

/** An edit of one field or several; mostly of a task that has not begun. */
function someEdit(tasks: readonly Task[], random: Random): Call['input'] {
  const planned = tasks.filter(({ spec }) => spec !== null);
  const waiting = planned.filter(({ status }) => status === 'pending' || status === 'ready');
  const task = random.pick(random.permille(100) ? planned : waiting) ?? random.pick(tasks);
  return task === undefined ? { task: 'none', edit: { title: 'x' } } : editOf(task, tasks, random);
}

function editOf(task: Task, tasks: readonly Task[], random: Random): Call['input'] {
  const number = random.below(1_000);
  const siblings = tasks.filter(({ spec, parentId }) => spec !== null && parentId === task.parentId);
  const edit = {
    ...(random.permille(400) ? { title: `Part edited ${number}` } : {}),
    ...(random.permille(400) ? { body: `Do it as ${number} says.` } : {}),
    ...(random.permille(500)
      ? { files: [`p${task.phase}/${1 + random.below(4)}.ts`, `p${task.phase}/e${number}.ts`] }
      : {}),
    ...(random.permille(400)
      ? { dependsOn: siblings.filter(() => random.permille(300)).map(({ id }) => id) }
      : {}),
    ...(random.permille(200) ? { review: random.pick(['none', 'spec', 'quality', 'spec+quality']) } : {}),
    ...(random.permille(100) ? { model: random.pick(['haiku', 'nobody']) } : {}),
  };
  const isCareful = random.permille(500);
  // Now and then somebody comes with what the task was before.
  const revision = Math.max(0, (task.edits ?? 0) - random.pick([0, 0, 1]));
  return { task: task.id, edit, ...(isCareful ? { revision } : {}) };
}
