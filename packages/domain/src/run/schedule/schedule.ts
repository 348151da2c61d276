import { assertNever } from '../assert-never.ts';
import type { RunEvent } from '../event.ts';
import { allocateIds } from '../ids.ts';
import { freeSlot, isActive, isDone, isOver, unsettledAttempts } from '../queries.ts';
import type { RunState, Task, TaskStep } from '../state.ts';
import { block, stepContext } from './context.ts';
import { executeStep, planStep, reviewStep } from './phase-steps.ts';
import { phaseTaskStep } from './phase-task-steps.ts';
import { priorityOrder } from './priority.ts';
import { baselineChecks, finalizeStep, setupStep, validateStep } from './run-task-steps.ts';

type Rule = (state: RunState, now: number) => readonly RunEvent[];

/** In this order: the first rule that has something to say is heard, and then the state is looked at anew. */
const RULES: readonly Rule[] = [
  removeSlots,
  settleAttempts,
  endRun,
  cancelRun,
  blockOnSettling,
  unblockRun,
  resumeParked,
  readyTasks,
  stepTasks,
  startTasks,
  blockRun,
];

/**
 * What should be under way and is not: the next events that follow from the state alone, or none when nothing is left to
 * say. The caller folds them in and asks again. An interrupted run goes on from here wherever it was interrupted.
 */
export function schedule(state: RunState, now: number): readonly RunEvent[] {
  for (const rule of RULES) {
    const events = rule(state, now);
    if (events.length > 0) return events;
  }
  return [];
}

/** After the end, once nothing runs any more, the worktrees go. */
function removeSlots(state: RunState): readonly RunEvent[] {
  if (state.control !== 'ended' || state.slotsRemoval !== 'none' || state.slots.length === 0) return [];
  if (unsettledAttempts(state).length > 0) return [];
  return [{ type: 'slots.removal_requested', data: { jobId: allocateIds(state).next('j'), slots: state.slots } }];
}

/** Whatever ended is cleared away: host, session, slot. */
function settleAttempts(state: RunState): readonly RunEvent[] {
  const ended = unsettledAttempts(state).find(
    (attempt) => !isActive(attempt) && attempt.jobId === null && attempt.settleProblem === null,
  );
  return ended
    ? [{ type: 'attempt.settling', data: { attemptId: ended.id, jobId: allocateIds(state).next('j') } }]
    : [];
}

/** A finalized run is complete, even if someone cancelled it meanwhile: what landed has landed (G05). */
function endRun(state: RunState, now: number): readonly RunEvent[] {
  if (state.control === 'ended') return [];
  const finalize = Object.values(state.tasks).find((task) => task.kind === 'finalize');
  if (finalize?.status === 'completed' && finalize.result?.kind === 'finalized') {
    return [{ type: 'run.completed', data: { ending: finalize.result.ending } }];
  }
  const hasEnding = finalize?.status === 'in_progress' && finalize.ending !== null;
  return hasEnding ? finalizeStep(stepContext(state, finalize, now)) : [];
}

/** Stops all attempts, waits until they are settled and merges are done, then ends; branches are kept. */
function cancelRun(state: RunState): readonly RunEvent[] {
  if (state.control !== 'cancelling') return [];
  const reason = 'the run was cancelled';
  const running = unsettledAttempts(state).filter(isActive);
  if (running.length > 0) {
    return running.map((attempt) => ({ type: 'attempt.cancelled', data: { attemptId: attempt.id, reason } }));
  }
  const tasks = Object.values(state.tasks).filter((task) => !isOver(task));
  const isBusy = tasks.some((task) => task.waitsFor?.kind === 'job' && !isWithdrawable(task));
  // A settling that failed keeps its worktree; it must not keep the run from ending.
  const isSettling = unsettledAttempts(state).some((attempt) => attempt.settleProblem === null);
  if (isBusy || isSettling) return [];
  return [
    ...tasks.map((task): RunEvent => ({ type: 'task.cancelled', data: { taskId: task.id } })),
    { type: 'run.cancelled', data: { reason: state.cancelReason } },
  ];
}

/** Checks can be dropped at any time; what moves refs is awaited. */
function isWithdrawable(task: Task): boolean {
  return task.step === 'checks' || task.step === 'baseline';
}

/** Work that could not be put into safety stops its task, and stays where it is (G22). */
function blockOnSettling(state: RunState, now: number): readonly RunEvent[] {
  const stuck = unsettledAttempts(state).find((attempt) => {
    const task = state.tasks[attempt.taskId];
    return attempt.settleProblem !== null && task?.status === 'in_progress';
  });
  const task = stuck ? state.tasks[stuck.taskId] : null;
  if (!stuck?.settleProblem || !task || state.control === 'ended') return [];
  return block(stepContext(state, task, now), stuck.settleProblem);
}

function unblockRun(state: RunState): readonly RunEvent[] {
  return state.blocked && isUnderWay(state) ? [{ type: 'run.unblocked', data: {} }] : [];
}

function isUnderWay(state: RunState): boolean {
  return (
    unsettledAttempts(state).some((attempt) => attempt.settleProblem === null) ||
    Object.values(state.tasks).some((task) => task.status === 'in_progress' && task.waitsFor !== null)
  );
}

/** A parked attempt whose limit is over goes on, unless the run is paused. */
function resumeParked(state: RunState): readonly RunEvent[] {
  if (state.control !== 'active') return [];
  const due = unsettledAttempts(state).find(
    (attempt) => attempt.status === 'parked' && attempt.parkedUntil === null,
  );
  if (!due) return [];
  const jobId = allocateIds(state).next('j');
  return [{ type: 'attempt.resumed', data: { attemptId: due.id, turn: due.turn + 1, jobId } }];
}

function readyTasks(state: RunState): readonly RunEvent[] {
  if (state.control === 'ended' || state.control === 'cancelling') return [];
  return Object.values(state.tasks)
    .filter((task) => task.status === 'pending' && isUnlocked(state, task))
    .map((task) => ({ type: 'task.readied', data: { taskId: task.id } }));
}

/** A dependency is satisfied when it is merged or skipped (G19); a phase task also needs its phase's execution. */
function isUnlocked(state: RunState, task: Task): boolean {
  const parent = task.parentId === null ? null : state.tasks[task.parentId];
  if (parent && parent.status !== 'in_progress') return false;
  return task.dependsOn.every((id) => {
    const dependency = state.tasks[id];
    return dependency !== undefined && isDone(dependency);
  });
}

function stepTasks(state: RunState, now: number): readonly RunEvent[] {
  if (state.control === 'ended' || state.control === 'cancelling') return [];
  for (const task of priorityOrder(Object.values(state.tasks))) {
    if (task.status !== 'in_progress' || task.waitsFor !== null) continue;
    const events = stepOf(state, task, now);
    if (events.length > 0) return events;
  }
  return [];
}

function stepOf(state: RunState, task: Task, now: number): readonly RunEvent[] {
  const context = stepContext(state, task, now);
  switch (task.kind) {
    case 'validate-design':
      return validateStep(context);
    case 'setup-worktree':
      return setupStep(context);
    case 'plan-phase':
      return planStep(context);
    case 'execute-phase':
      return executeStep(context);
    case 'phase-task':
      return phaseTaskStep(context);
    case 'review-phase':
      return reviewStep(context);
    case 'finalize':
      return finalizeStep(context);
    default:
      return assertNever(task.kind);
  }
}

/** A phase task starts when there is a slot for it; every other task starts when it is ready. */
function startTasks(state: RunState): readonly RunEvent[] {
  if (state.control !== 'active') return [];
  const ready = priorityOrder(Object.values(state.tasks)).find(
    (task) => task.status === 'ready' && (task.kind !== 'phase-task' || freeSlot(state) !== null),
  );
  if (!ready) return [];
  const data = { taskId: ready.id, step: firstStep(state, ready), commit: state.tip };
  return [{ type: 'task.started', data }];
}

function firstStep(state: RunState, task: Task): TaskStep {
  switch (task.kind) {
    case 'validate-design':
      return baselineChecks(state).length > 0 ? 'baseline' : 'validate';
    case 'setup-worktree':
      return 'branch';
    case 'plan-phase':
      return 'plan';
    case 'execute-phase':
      return 'tasks';
    case 'phase-task':
      return 'implement';
    case 'review-phase':
      return 'review';
    case 'finalize':
      return 'choose';
    default:
      return assertNever(task.kind);
  }
}

/** When nothing is under way and nothing more can start, the run says which tasks need a person (G05). */
function blockRun(state: RunState): readonly RunEvent[] {
  if (state.control !== 'active' || isUnderWay(state)) return [];
  const blocked = Object.values(state.tasks).filter((task) => task.status === 'blocked');
  const isSame =
    state.blocked?.length === blocked.length && blocked.every((task, index) => state.blocked?.[index]?.taskId === task.id);
  if (blocked.length === 0 || isSame) return [];
  const tasks = blocked.map((task) => ({
    taskId: task.id,
    code: task.block?.code ?? '',
    message: task.block?.message ?? '',
  }));
  return [{ type: 'run.blocked', data: { tasks } }];
}

