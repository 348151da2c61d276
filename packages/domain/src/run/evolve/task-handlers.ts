import type { NewTask, RetryCause, RunEventPayloads } from '../event.ts';
import { withChanges } from '../edit/task-edit.ts';
import { known, phaseNumberOf, specOf, taskOf } from '../lookup.ts';
import { attemptsOfTask, isStuck } from '../queries.ts';
import type { RunState } from '../state.ts';
import type { Task, TaskStep } from '../task.ts';
import { budgetState, patchBudget } from '../budget/budget-state.ts';
import { scopesOf } from '../budget/scope.ts';
import { releaseGate } from './budget-handlers.ts';
import type { Handlers } from './handlers.ts';
import { countId, patchAttempt, patchTask } from './patch.ts';

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
  | 'task.edited'
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
        startedAt: at,
      }),
      taskId,
      commit,
    ),
  'task.advanced': (state, { taskId, step }) =>
    patchTask(state, taskId, { ...leaveStep(taskOf(state, taskId), step), ...enterStep(step) }),
  'task.completed': (state, { taskId, result }, at) =>
    markPhaseEnd(
      patchTask(state, taskId, {
        status: 'completed',
        waitsFor: null,
        problem: null,
        result,
        endedAt: at,
      }),
      taskId,
    ),
  'task.blocked': (state, { taskId, block }, at) =>
    patchTask(state, taskId, { status: 'blocked', waitsFor: null, problem: null, block, endedAt: at }),
  'task.skipped': (state, { taskId, reason }, at) => {
    const skipped = patchTask(giveUp(state, taskId, 'skipped', at), taskId, {
      block: null,
      skipReason: reason,
    });
    return markPhaseEnd(markPhaseStart(skipped, taskId, state.tip), taskId);
  },
  'task.cancelled': (state, { taskId }, at) => giveUp(state, taskId, 'cancelled', at),
  'task.retried': (state, data) => retryTask(askAgain(state, data.taskId), data),
  'task.edited': (state, data) => editTask(state, data),
  'retry.scheduled': (state, { taskId, attemptId, cause, dueAt }) =>
    patchTask(state, taskId, {
      answeredAttempt: attemptId,
      retries: countRetry(taskOf(state, taskId).retries, cause),
      waitsFor: dueAt === null ? null : { kind: 'timer', dueAt },
    }),
  'timer.fired': (state, fired) =>
    fired.taskId === null
      ? patchAttempt(state, fired.attemptId, { parkedUntil: null })
      : patchTask(state, fired.taskId, { waitsFor: null }),
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
    skipReason: null,
    problem: null,
    startCommit: null,
    workCommit: null,
    conflict: null,
    conflictRounds: 0,
    resolvedFiles: [],
    mergedCommit: null,
    gateId: null,
    comment: null,
    choice: null,
    integratedBase: null,
    landing: null,
    landingRounds: 0,
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
    return {
      startCommit: task.conflict.with,
      conflict: null,
      conflictRounds: task.conflictRounds + 1,
      resolvedFiles: [...new Set([...task.resolvedFiles, ...task.conflict.files])],
    };
  }
  return {};
}

function countRetry(retries: Task['retries'], cause: RetryCause): Task['retries'] {
  const isFree = cause === 'cancelled' || cause === 'budget' || cause === 'limit';
  return isFree ? retries : { ...retries, [cause]: retries[cause] + 1 };
}

function retryTask(state: RunState, { taskId, step, keeps }: RunEventPayloads['task.retried']): RunState {
  const task = taskOf(state, taskId);
  const again: Partial<Task> = { status: 'in_progress', block: null, endedAt: null };
  if (keeps === 'attempt') {
    const last = known(task.stepAttempts.at(-1), `attempt of task ${taskId}`);
    const resettled = patchAttempt(state, last, { settleProblem: null });
    return patchTask(resettled, taskId, { ...again, waitsFor: { kind: 'attempt', attemptId: last } });
  }
  return patchTask(settleAgain(state, taskId), taskId, {
    ...enterStep(step),
    ...again,
    ...(keeps === 'nothing' ? { workCommit: null, resolvedFiles: [] } : {}),
    reviewRounds: 0,
    conflict: null,
    conflictRounds: 0,
    integratedBase: null,
    landingRounds: 0,
  });
}

/** Whoever tries a task again may be asked again for what was refused to it. */
function askAgain(state: RunState, taskId: string): RunState {
  const task = taskOf(state, taskId);
  const last = attemptsOfTask(state, taskId).at(-1) ?? null;
  return scopesOf(task, last)
    .filter((scope) => budgetState(state, scope).refused !== null)
    .reduce((next, scope) => patchBudget(next, scope, { refused: null }), state);
}

/** A task that waits for something else now is ready when that is done. */
function editTask(
  state: RunState,
  { taskId, changes, dependsOn }: RunEventPayloads['task.edited'],
): RunState {
  const task = taskOf(state, taskId);
  const spec = withChanges(specOf(task), changes);
  const waitsAnew: Partial<Task> = changes.dependsOn ? { status: 'pending', readyAt: null } : {};
  const edits = (task.edits ?? 0) + 1;
  return patchTask(state, taskId, { ...waitsAnew, spec, title: spec.title, dependsOn, edits });
}

/** What could not be settled is tried once more, although the task goes on without it. */
function settleAgain(state: RunState, taskId: string): RunState {
  return attemptsOfTask(state, taskId)
    .filter(isStuck)
    .reduce((next, attempt) => patchAttempt(next, attempt.id, { settleProblem: null }), state);
}

/** Nothing is awaited or asked any more. */
function giveUp(state: RunState, taskId: string, status: 'skipped' | 'cancelled', at: number): RunState {
  const waits = taskOf(state, taskId).waitsFor;
  const over = patchTask(state, taskId, { status, waitsFor: null, problem: null, endedAt: at });
  return waits?.kind === 'gate' ? releaseGate(over, waits.gateId, at) : over;
}

function markPhaseStart(state: RunState, taskId: string, commit: string | null): RunState {
  return patchExecutedPhase(state, taskId, (phase) => ({
    ...phase,
    startCommit: phase.startCommit ?? commit,
  }));
}

function markPhaseEnd(state: RunState, taskId: string): RunState {
  return patchExecutedPhase(state, taskId, (phase) => ({ ...phase, endCommit: state.tip }));
}

function patchExecutedPhase(
  state: RunState,
  taskId: string,
  patch: (phase: RunState['phases'][number]) => RunState['phases'][number],
): RunState {
  const task = taskOf(state, taskId);
  if (task.kind !== 'execute-phase') return state;
  const number = phaseNumberOf(task);
  return { ...state, phases: state.phases.map((phase) => (phase.number === number ? patch(phase) : phase)) };
}
