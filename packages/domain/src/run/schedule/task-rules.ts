import { readySet } from '../../graph/task-graph.ts';
import type { RunEvent } from '../event.ts';
import { taskOf } from '../lookup.ts';
import { freeSlot } from '../slots.ts';
import type { RunState } from '../state.ts';
import type { Task, TaskKind, TaskStep } from '../task.ts';
import { applyStepRule, type StepRule, stepContext } from './context.ts';
import { EXECUTE_STEPS } from './execute-step.ts';
import { finalizeStep } from './finalize-step.ts';
import { PHASE_TASK_STEPS } from './phase-task-step.ts';
import { PLAN_STEPS } from './plan-step.ts';
import { priorityOrder } from './priority.ts';
import { REVIEW_STEPS } from './review-step.ts';
import { SETUP_STEPS } from './setup-step.ts';
import { baselineChecks, VALIDATE_STEPS } from './validate-step.ts';

export function readyTasks(state: RunState): readonly RunEvent[] {
  return readySet(Object.values(state.tasks), (id) => isSatisfied(state, taskOf(state, id)))
    .filter((id) => isStartable(state, taskOf(state, id)))
    .map((taskId) => ({ type: 'task.readied', data: { taskId } }));
}

/** A phase task also needs its phase's execution to be under way. */
function isStartable(state: RunState, { status, parentId }: Task): boolean {
  if (status !== 'pending') return false;
  return parentId === null || taskOf(state, parentId).status === 'in_progress';
}

/**
 * A dependency is satisfied when it is completed, which for a phase task means merged (G19). A skipped one stands for what
 * it depends on itself: leaving out a phase ahead of its time starts nothing before its time.
 */
function isSatisfied(state: RunState, task: Task): boolean {
  if (task.status === 'completed') return true;
  return task.status === 'skipped' && task.dependsOn.every((id) => isSatisfied(state, taskOf(state, id)));
}

/** Tasks that stand at a step and wait for nothing, the most urgent first. */
export function stepTasks(state: RunState, now: number): readonly RunEvent[] {
  const free = Object.values(state.tasks).filter(
    (task) => task.status === 'in_progress' && task.waitsFor === null,
  );
  for (const task of priorityOrder(state, free)) {
    const events = STEP_RULES[task.kind](stepContext(state, task, now));
    if (events.length > 0) return events;
  }
  return [];
}

const STEP_RULES: Readonly<Record<TaskKind, StepRule>> = {
  'validate-design': (context) => applyStepRule(VALIDATE_STEPS, context),
  'setup-worktree': (context) => applyStepRule(SETUP_STEPS, context),
  'plan-phase': (context) => applyStepRule(PLAN_STEPS, context),
  'execute-phase': (context) => applyStepRule(EXECUTE_STEPS, context),
  'phase-task': (context) => applyStepRule(PHASE_TASK_STEPS, context),
  'review-phase': (context) => applyStepRule(REVIEW_STEPS, context),
  finalize: finalizeStep,
};

/** A phase task starts when there is a slot for it; every other task starts when it is ready. */
export function startTasks(state: RunState): readonly RunEvent[] {
  if (state.control !== 'active') return [];
  const hasSlot = freeSlot(state) !== null;
  const startable = Object.values(state.tasks).filter(
    (task) => task.status === 'ready' && (hasSlot || task.kind !== 'phase-task'),
  );
  const [first] = priorityOrder(state, startable);
  if (!first) return [];
  const step = first.kind === 'validate-design' ? validateFrom(state) : FIRST_STEP[first.kind];
  const data = { taskId: first.id, step, commit: state.tip };
  return [{ type: 'task.started', data }];
}

const FIRST_STEP: Readonly<Record<Exclude<TaskKind, 'validate-design'>, TaskStep>> = {
  'setup-worktree': 'branch',
  'plan-phase': 'plan',
  'execute-phase': 'tasks',
  'phase-task': 'implement',
  'review-phase': 'review',
  finalize: 'choose',
};

/** With nothing to run on the base commit there is no baseline. */
function validateFrom(state: RunState): TaskStep {
  return baselineChecks(state).length > 0 ? 'baseline' : 'validate';
}
