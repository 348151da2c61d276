import type { RunEvent } from '../event.ts';
import { allocateIds, type IdAllocator } from '../ids.ts';
import type { JobProblem } from '../job.ts';
import type { RunState, Task, TaskBlock, TaskResult, TaskStep } from '../state.ts';

/** What a rule of the schedule looks at. */
export interface StepContext {
  readonly state: RunState;
  readonly task: Task;
  readonly ids: IdAllocator;
  readonly now: number;
  /** False while the run is paused: what runs may end, nothing new starts. */
  readonly mayStart: boolean;
}

export function stepContext(state: RunState, task: Task, now: number): StepContext {
  return { state, task, now, ids: allocateIds(state), mayStart: state.control === 'active' };
}

export function advance({ task }: StepContext, step: TaskStep): readonly RunEvent[] {
  return [{ type: 'task.advanced', data: { taskId: task.id, step } }];
}

export function complete({ task }: StepContext, result: TaskResult): readonly RunEvent[] {
  return [{ type: 'task.completed', data: { taskId: task.id, result } }];
}

export function block(
  { state, task }: StepContext,
  block: { readonly code: string; readonly message: string; readonly output?: string | null; readonly next?: readonly string[] },
): readonly RunEvent[] {
  const full: TaskBlock = {
    code: block.code,
    message: block.message,
    output: block.output ?? null,
    next: [...(block.next ?? []), ...waysOut(state, task)],
  };
  return [{ type: 'task.blocked', data: { taskId: task.id, block: full } }];
}

export function blockOn(context: StepContext, problem: JobProblem): readonly RunEvent[] {
  return block(context, problem);
}

function waysOut(state: RunState, task: Task): readonly string[] {
  const last = task.stepAttempts.at(-1);
  const canSkip = task.kind !== 'setup-worktree' && task.kind !== 'finalize';
  return [
    ...(last ? [`tina logs ${last}`] : []),
    `tina retry ${task.id}`,
    ...(canSkip ? [`tina skip ${task.id} --reason "..."`] : []),
    ...(task.kind === 'finalize' ? [`tina finalize ${state.id} --keep`] : [`tina cancel ${state.id}`]),
  ];
}
