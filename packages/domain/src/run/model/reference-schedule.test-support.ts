import { askForBudget, metBudget } from './reference-budget.test-support.ts';
import { nextTurn } from './reference-attempt.test-support.ts';
import {
  block,
  endAttempt,
  enter,
  hasPlace,
  isActive,
  isOver,
  leaveGate,
  newJob,
  type RefAttempt,
  type RefRun,
  type RefTask,
  taskNamed,
} from './reference-run.test-support.ts';
import { STEPS } from './reference-steps.test-support.ts';

/** Everything that follows by itself, one thing after the other, until there is nothing. */
export function goOn(run: RefRun): void {
  while (stopUnbegun(run) || settle(run) || (run.control !== 'ended' && (end(run) || goFurther(run))));
}

function goFurther(run: RefRun): boolean {
  if (run.control === 'cancelling') return cancel(run);
  return (
    blockOnStuck(run) ||
    holdParked(run) ||
    resumeParked(run) ||
    makeReady(run) ||
    doSteps(run) ||
    startNext(run) ||
    sayBlocked(run)
  );
}

function settle(run: RefRun): boolean {
  const ended = run.attempts.find(
    (attempt) => !isActive(attempt) && !attempt.isSettled && !attempt.isStuck && attempt.job === null,
  );
  if (!ended) return false;
  ended.job = newJob(run, 'settle-attempt', ended.task, ended);
  return true;
}

/** What landed has landed, even if someone cancelled the run meanwhile. */
function end(run: RefRun): boolean {
  const task = taskNamed(run, 'finalize');
  if (!task.isFinal) return false;
  task.status = 'completed';
  run.control = 'ended';
  return true;
}

function cancel(run: RefRun): boolean {
  const active = run.attempts.filter(isActive);
  for (const attempt of active) endAttempt(attempt, 'cancelled');
  if (active.length > 0) return true;
  const isBusy = run.tasks.some(({ waits }) => waits?.on === 'job');
  if (isBusy || run.attempts.some((attempt) => !attempt.isSettled && !attempt.isStuck)) return false;
  for (const task of run.tasks.filter((each) => !isOver(each))) {
    if (task.waits?.on === 'gate') leaveGate(task.waits.gate, task);
    Object.assign(task, { status: 'cancelled', waits: null });
  }
  run.control = 'ended';
  run.isCancelled = true;
  return true;
}

function blockOnStuck(run: RefRun): boolean {
  const stuck = run.attempts.find(
    (attempt) => attempt.isStuck && attempt.task.status === 'in_progress' && needsIt(attempt),
  );
  return stuck !== undefined && block(stuck.task, 'settling_failed');
}

/** Whether its task cannot go on without it. */
function needsIt(attempt: RefAttempt): boolean {
  const { waits } = attempt.task;
  return waits === null || (waits.on === 'attempt' && waits.attempt === attempt);
}

function resumeParked(run: RefRun): boolean {
  const due = run.attempts.find(
    (attempt) => isDue(attempt) && metBudget(run, attempt.task, attempt) === null,
  );
  if (!due || run.control !== 'active' || !hasPlace(run)) return false;
  nextTurn(run, due);
  return true;
}

function isDue({ status, limitIsOver }: RefAttempt): boolean {
  return status === 'parked' && limitIsOver;
}

/** With nothing left to begin with, nobody begins. */
function stopUnbegun(run: RefRun): boolean {
  if (run.control !== 'active' && run.control !== 'paused') return false;
  const unbegun = run.attempts.find(
    ({ status, task }) => status === 'requested' && metBudget(run, task, null) !== null,
  );
  if (unbegun) endAttempt(unbegun, 'cancelled');
  return unbegun !== undefined;
}

function holdParked(run: RefRun): boolean {
  if (run.control !== 'active') return false;
  for (const attempt of run.attempts) {
    const met = isDue(attempt) && !attempt.gate ? metBudget(run, attempt.task, attempt) : null;
    if (met === null) continue;
    if (run.refused.has(met)) endAttempt(attempt, 'failed', 'budget');
    else attempt.gate = askForBudget(run, met, attempt.task, attempt);
    return true;
  }
  return false;
}

/** A skipped task stands for what it waited for itself. */
function isSatisfied({ status, after }: RefTask): boolean {
  return status === 'completed' || (status === 'skipped' && after.every(isSatisfied));
}

function makeReady(run: RefRun): boolean {
  const ready = run.tasks.filter(
    ({ status, after, parent }) =>
      status === 'pending' &&
      after.every(isSatisfied) &&
      (parent === null || parent.status === 'in_progress'),
  );
  for (const task of ready) task.status = 'ready';
  return ready.length > 0;
}

/** Those with the longest chain of tasks behind them first, then as they were added. */
function urgentFirst(run: RefRun, tasks: readonly RefTask[]): readonly RefTask[] {
  const behind = (task: RefTask): number =>
    Math.max(0, ...run.tasks.filter(({ after }) => after.includes(task)).map((each) => 1 + behind(each)));
  return tasks.length < 2 ? tasks : tasks.toSorted((a, b) => behind(b) - behind(a));
}

function doSteps(run: RefRun): boolean {
  const free = run.tasks.filter(({ status, waits }) => status === 'in_progress' && waits === null);
  return urgentFirst(run, free).some((task) => STEPS[`${task.kind} ${task.step}`]?.(run, task));
}

function startNext(run: RefRun): boolean {
  if (run.control !== 'active') return false;
  const [first] = urgentFirst(
    run,
    run.tasks.filter(({ status, kind }) => status === 'ready' && (kind !== 'phase-task' || hasPlace(run))),
  );
  if (!first) return false;
  Object.assign(first, { status: 'in_progress', startedAt: run.clock });
  return enter(first, FIRST_STEP[first.kind] ?? '');
}

const FIRST_STEP: Readonly<Record<string, string>> = {
  'validate-design': 'validate',
  'setup-worktree': 'branch',
  'plan-phase': 'plan',
  'execute-phase': 'tasks',
  'phase-task': 'implement',
  'review-phase': 'review',
  finalize: 'choose',
};

function sayBlocked(run: RefRun): boolean {
  const isUnderWay =
    run.attempts.some(({ isSettled, isStuck }) => !isSettled && !isStuck) ||
    run.tasks.some(({ waits }) => waits !== null);
  if (run.control !== 'active' || run.isBlocked || isUnderWay) return false;
  run.isBlocked = true;
  return true;
}
