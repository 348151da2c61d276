import type { NewTask, RetryCause } from '../event.ts';
import type { RunState, Task, TaskStep } from '../state.ts';
import type { Handlers } from './handlers.ts';
import { attemptOf, countId, patchAttempt, patchTask, taskOf } from './patch.ts';

type TaskLevelEvent =
  | 'task.added'
  | 'dependency.added'
  | 'task.readied'
  | 'task.started'
  | 'task.advanced'
  | 'task.completed'
  | 'task.blocked'
  | 'task.skipped'
  | 'task.cancelled'
  | 'task.retried'
  | 'retry.scheduled'
  | 'timer.fired'
  | 'finalize.chosen';

/** Events about the life of a task. */
export const taskHandlers: Handlers<TaskLevelEvent> = {
  'task.added': (state, task, at) =>
    countId({ ...state, tasks: { ...state.tasks, [task.id]: emptyTask(task, at) } }, 't'),
  'dependency.added': (state, { taskId, dependsOn }) =>
    patchTask(state, taskId, { dependsOn: [...taskOf(state, taskId).dependsOn, dependsOn] }),
  'task.readied': (state, { taskId }, at) => patchTask(state, taskId, { status: 'ready', readyAt: at }),
  'task.started': (state, { taskId, step, commit }, at) =>
    markPhaseStart(
      patchTask(state, taskId, {
        status: 'in_progress',
        ...enterStep(step),
        startCommit: commit,
        startedAt: taskOf(state, taskId).startedAt ?? at,
      }),
      taskId,
      commit,
    ),
  'task.advanced': (state, { taskId, step }) =>
    patchTask(state, taskId, { ...leaveStep(taskOf(state, taskId), step), ...enterStep(step) }),
  'task.completed': (state, { taskId, result }, at) =>
    markPhaseEnd(
      patchTask(state, taskId, { status: 'completed', waitsFor: null, problem: null, result, endedAt: at }),
      taskId,
    ),
  'task.blocked': (state, { taskId, block }, at) =>
    patchTask(state, taskId, { status: 'blocked', waitsFor: null, problem: null, block, endedAt: at }),
  'task.skipped': (state, { taskId }, at) =>
    markPhaseEnd(patchTask(state, taskId, { status: 'skipped', waitsFor: null, block: null, endedAt: at }), taskId),
  'task.cancelled': (state, { taskId }, at) =>
    patchTask(state, taskId, { status: 'cancelled', waitsFor: null, endedAt: at }),
  'task.retried': (state, { taskId, step }) => {
    const task = taskOf(state, taskId);
    return patchTask(clearSettleProblems(state, task), taskId, {
      ...enterStep(step),
      status: 'in_progress',
      block: null,
      endedAt: null,
      reviewRounds: 0,
      conflict: null,
      conflictRounds: 0,
      integratedBase: null,
    });
  },
  'retry.scheduled': (state, { taskId, attemptId, cause, dueAt }) => {
    const task = taskOf(state, taskId);
    return patchTask(state, taskId, {
      answeredAttempt: attemptId,
      retries: countRetry(task.retries, cause),
      waitsFor: dueAt === null ? null : { kind: 'timer', dueAt },
    });
  },
  'timer.fired': (state, { taskId, attemptId }) => {
    if (taskId !== null) return patchTask(state, taskId, { waitsFor: null });
    return attemptId === null ? state : patchAttempt(state, attemptId, { parkedUntil: null });
  },
  'finalize.chosen': (state, { taskId, choice }) => patchTask(state, taskId, { choice, waitsFor: null }),
};

function emptyTask(task: NewTask, at: number): Task {
  return {
    ...task,
    status: 'pending',
    step: null,
    waitsFor: null,
    stepAttempts: [],
    answeredAttempt: null,
    attemptCount: 0,
    retries: { failure: 0, output: 0, lost: 0 },
    reviewRounds: 0,
    block: null,
    problem: null,
    startCommit: null,
    workCommit: null,
    conflict: null,
    conflictRounds: 0,
    mergedCommit: null,
    gateId: null,
    comment: null,
    choice: null,
    integratedBase: null,
    ending: null,
    checks: [],
    checksCommit: null,
    result: null,
    addedAt: at,
    readyAt: null,
    startedAt: null,
    endedAt: null,
  };
}

/** A new step begins without attempts of its own. Retries are counted for each step anew. */
function enterStep(step: TaskStep): Partial<Task> {
  return {
    step,
    waitsFor: null,
    stepAttempts: [],
    answeredAttempt: null,
    problem: null,
    retries: { failure: 0, output: 0, lost: 0 },
    mergedCommit: null,
    gateId: null,
    checksCommit: null,
  };
}

/** What a step leaves behind: a review that sends work back counts; a resolved conflict makes its other side the start. */
function leaveStep(task: Task, next: TaskStep): Partial<Task> {
  const isReview = task.step === 'spec-review' || task.step === 'quality-review';
  if (isReview && next === 'implement') return { reviewRounds: task.reviewRounds + 1 };
  if (task.step === 'resolve' && task.conflict) {
    return { startCommit: task.conflict.with, conflict: null, conflictRounds: task.conflictRounds + 1 };
  }
  return {};
}

function countRetry(retries: Task['retries'], cause: RetryCause): Task['retries'] {
  return cause === 'cancelled' ? retries : { ...retries, [cause]: retries[cause] + 1 };
}

function markPhaseStart(state: RunState, taskId: string, commit: string | null): RunState {
  const task = taskOf(state, taskId);
  if (task.kind !== 'execute-phase') return state;
  return {
    ...state,
    phases: state.phases.map((phase) =>
      phase.number === task.phase ? { ...phase, startCommit: phase.startCommit ?? commit } : phase,
    ),
  };
}

function markPhaseEnd(state: RunState, taskId: string): RunState {
  const task = taskOf(state, taskId);
  if (task.kind !== 'execute-phase') return state;
  return {
    ...state,
    phases: state.phases.map((phase) => (phase.number === task.phase ? { ...phase, endCommit: state.tip } : phase)),
  };
}

function clearSettleProblems(state: RunState, task: Task): RunState {
  return task.stepAttempts
    .filter((attemptId) => attemptOf(state, attemptId).settleProblem !== null)
    .reduce((next, attemptId) => patchAttempt(next, attemptId, { settleProblem: null, jobId: null }), state);
}
