import type { RunEvent } from '../event.ts';
import { allocateIds, type IdAllocator } from '../ids.ts';
import { known } from '../lookup.ts';
import type { RunState } from '../state.ts';
import type { Task, TaskBlock, TaskResult, TaskStep } from '../task.ts';

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

/** What should come next for a task that stands at a step and waits for nothing. */
export type StepRule = (context: StepContext) => readonly RunEvent[];

/** The rules of one kind of task, by the steps it has. */
export type StepRules = Readonly<Partial<Record<TaskStep, StepRule>>>;

export function applyStepRule(rules: StepRules, context: StepContext): readonly RunEvent[] {
  const { id, kind, step } = context.task;
  const rule = rules[known(step, `step of task ${id}`)];
  return known(rule, `rule for task ${id} of kind ${kind} at step ${step}`)(context);
}

export function advance({ task }: StepContext, step: TaskStep): readonly RunEvent[] {
  return [{ type: 'task.advanced', data: { taskId: task.id, step } }];
}

export function complete({ task }: StepContext, result: TaskResult): readonly RunEvent[] {
  return [{ type: 'task.completed', data: { taskId: task.id, result } }];
}

interface BlockReason {
  readonly code: string;
  readonly message: string;
  readonly output?: string | null;
  /** What to type before the ways out that every blocked task has. */
  readonly next?: readonly string[];
}

export function block({ state, task }: StepContext, reason: BlockReason): readonly RunEvent[] {
  const { code, message, output = null, next = [] } = reason;
  // What a machine proposes is often among the ways out already.
  const ways = [...new Set([...next, ...waysOut(state, task)])];
  const full: TaskBlock = { code, message, output, next: ways };
  return [{ type: 'task.blocked', data: { taskId: task.id, block: full } }];
}

function waysOut(state: RunState, task: Task): readonly string[] {
  const last = task.stepAttempts.at(-1);
  const canSkip = task.kind !== 'setup-worktree' && task.kind !== 'finalize';
  return [
    ...(last === undefined ? [] : [`tina logs ${last}`]),
    `tina retry ${task.id}`,
    ...(canSkip ? [`tina skip ${task.id} --reason "..."`] : []),
    task.kind === 'finalize' ? `tina finalize ${state.id} --keep` : `tina cancel ${state.id}`,
  ];
}
