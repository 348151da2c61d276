import { edit } from './reference-edit.test-support.ts';
import { type MailWord, takeMail } from './reference-mail.test-support.ts';
import { answerBudget, askAnew } from './reference-budget.test-support.ts';
import { goOn } from './reference-schedule.test-support.ts';
import {
  endAttempt,
  enter,
  hasTurn,
  isActive,
  isOver,
  leaveGate,
  mainOf,
  type RefAttempt,
  type RefChoice,
  type RefJob,
  type RefPlanned,
  type RefRun,
  type RefTask,
  STEP_OF_CHOICE,
  taskNamed,
} from './reference-run.test-support.ts';
import { endTurn, sendBack } from './reference-turn.test-support.ts';

/** What a run may hear, with tasks, attempts, gates and jobs by their names. */
export type Word =
  | { readonly say: 'pause'; readonly now: boolean }
  | { readonly say: 'resume' | 'cancel' }
  | { readonly say: 'retry' | 'skip'; readonly task: string }
  | { readonly say: 'task-timer'; readonly task: string }
  /** Tasks of the same plan by their index, as `RefPlanned` has them. */
  | ({ readonly say: 'edit'; readonly task: string } & RefPlanned)
  | { readonly say: 'approve' | 'reject'; readonly gate: string }
  | { readonly say: 'finalize'; readonly choice: RefChoice }
  | { readonly say: 'begin' | 'lose' | 'warn'; readonly attempt: string }
  | { readonly say: 'attempt-timer'; readonly attempt: string }
  | { readonly say: 'report'; readonly attempt: string; readonly what: 'good' | 'error' }
  | { readonly say: 'end-turn'; readonly attempt: string; readonly turn: number; readonly how: string }
  | { readonly say: 'job'; readonly job: string; readonly how: string }
  | MailWord;

/** The run hears a word and does what follows. Answers why it was refused, or null. A refused word changes nothing. */
export function hear(run: RefRun, word: Word): string | null {
  run.clock += 1;
  const refusal = take(run, word);
  if (refusal === null) goOn(run);
  return refusal;
}

function take(run: RefRun, word: Word): string | null {
  switch (word.say) {
    case 'job': {
      const job = run.jobs.get(word.job);
      return job ? endJob(run, job, word.how) : 'stale_job';
    }
    case 'task-timer': {
      const task = taskNamed(run, word.task);
      if (task.waits?.on !== 'timer') return 'stale_timer';
      task.waits = null;
      return null;
    }
    case 'send':
    case 'answer':
    case 'write':
    case 'ask':
    case 'read':
    case 'hear':
      return takeMail(run, word);
    case 'begin':
    case 'lose':
    case 'warn':
    case 'report':
    case 'end-turn':
    case 'attempt-timer':
      return takeOfAttempt(run, word);
    case 'pause':
    case 'resume':
    case 'cancel':
    case 'retry':
    case 'skip':
    case 'edit':
    case 'approve':
    case 'reject':
    case 'finalize':
      return run.control === 'active' || run.control === 'paused' ? takeOfOperator(run, word) : 'run_ended';
  }
}

type OfAttempt = Exclude<Extract<Word, { attempt: string }>, MailWord>;
type OfOperator = Exclude<Word, OfAttempt | MailWord | { say: 'job' } | { say: 'task-timer' }>;

function takeOfOperator(run: RefRun, word: OfOperator): string | null {
  switch (word.say) {
    case 'pause':
      return pause(run, word.now);
    case 'resume':
      if (run.control !== 'paused') return 'not_paused';
      run.control = 'active';
      return null;
    case 'cancel':
      run.control = 'cancelling';
      run.isBlocked = false;
      return null;
    case 'retry':
      return retry(run, taskNamed(run, word.task));
    case 'skip':
      return skip(run, taskNamed(run, word.task));
    case 'edit':
      return edit(run, taskNamed(run, word.task), word);
    case 'approve':
    case 'reject':
      return answerGate(run, word.gate, word.say === 'approve' ? 'approved' : 'rejected');
    case 'finalize':
      return finalize(run, word.choice);
  }
}

function pause(run: RefRun, now: boolean): string | null {
  const stopped = run.attempts.filter((attempt) =>
    now ? isActive(attempt) : attempt.status === 'requested',
  );
  if (run.control === 'paused' && stopped.length === 0) return 'already_paused';
  run.control = 'paused';
  for (const attempt of stopped) endAttempt(attempt, 'cancelled');
  return null;
}

/** A blocked task takes up again at the step that blocked, or where what blocked it can be changed. */
function retry(run: RefRun, task: RefTask): string | null {
  if (task.status !== 'blocked') return 'task_not_blocked';
  run.isBlocked = false;
  askAnew(run, task);
  task.status = 'in_progress';
  const last = task.here.at(-1);
  if (task.why === 'settling_failed' && last) {
    last.isStuck = false;
    task.waits = { on: 'attempt', attempt: last };
    return null;
  }
  takeUp(run, task, stepOfRetry(task));
  return null;
}

/** A blocked task begins a step anew, everything counted anew. */
function takeUp(run: RefRun, task: RefTask, step: string): void {
  for (const attempt of run.attempts) if (attempt.task === task) attempt.isStuck = false;
  enter(task, step);
  Object.assign(task, { status: 'in_progress', reviewRounds: 0, conflictRounds: 0, landingRounds: 0 });
}

function stepOfRetry({ kind, step, why }: RefTask): string {
  const same = step ?? '';
  if (kind === 'finalize') return same === 'pull-request' || same === 'discard' ? same : 'integrate';
  if (kind === 'review-phase' && same === 'approve') return 'checks';
  if (why === 'out_of_scope' || why === 'review_limit') return 'implement';
  return kind === 'phase-task' && same === 'resolve' ? 'merge' : same;
}

/** A task is left out with what has no meaning without it, unless an agent or a job is at any of it. */
function skip(run: RefRun, task: RefTask): string | null {
  if (isOver(task)) return 'task_over';
  if (task.kind === 'setup-worktree' || task.kind === 'finalize') return 'task_needed';
  const alsoOut = {
    'plan-phase': ({ phase, kind }: RefTask) => phase === task.phase && kind !== 'phase-task',
    'execute-phase': (each: RefTask) =>
      each.parent === task || (each.phase === task.phase && each.kind === 'plan-phase'),
  }[task.kind];
  const left = run.tasks.filter((each) => each === task || alsoOut?.(each)).filter((each) => !isOver(each));
  if (left.some(({ waits }) => waits?.on === 'attempt' || waits?.on === 'job')) return 'task_in_progress';
  run.isBlocked = false;
  for (const each of left) {
    if (each.waits?.on === 'gate') leaveGate(each.waits.gate, each);
    Object.assign(each, { status: 'skipped', waits: null, why: null });
    each.gaps.clear();
    if (each.kind === 'review-phase') run.gaps.delete(mainOf(each));
  }
  return null;
}

function answerGate(run: RefRun, key: string, status: 'approved' | 'rejected'): string | null {
  const gate = run.gates.find((each) => each.key === key);
  if (!gate) return 'no_such_gate';
  if (gate.status !== 'open') return 'gate_answered';
  if (gate.kind === 'finalize') return 'choose_ending';
  gate.status = status;
  if (gate.kind === 'budget') answerBudget(run, gate);
  else gate.task.waits = null;
  return null;
}

function finalize(run: RefRun, choice: RefChoice): string | null {
  const task = taskNamed(run, 'finalize');
  if (task.status === 'pending' || task.status === 'ready') return 'not_ready';
  if (task.status === 'blocked') {
    run.isBlocked = false;
    askAnew(run, task);
    takeUp(run, task, STEP_OF_CHOICE[choice]);
  } else {
    if (task.step !== 'choose' || !task.gate) return 'already_chosen';
    task.gate.status = 'approved';
    task.waits = null;
  }
  task.choice = choice;
  return null;
}

function takeOfAttempt(run: RefRun, word: OfAttempt): string | null {
  const attempt = run.attempts.find(({ key }) => key === word.attempt);
  if (word.say === 'attempt-timer') {
    if (attempt?.status !== 'parked' || attempt.limitIsOver) return 'stale_timer';
    attempt.limitIsOver = true;
    return null;
  }
  if (!attempt || !isActive(attempt)) return 'stale_attempt';
  const hasBegun = attempt.status !== 'requested' && attempt.status !== 'starting';
  switch (word.say) {
    case 'warn':
      return null;
    case 'lose':
      endAttempt(attempt, 'lost');
      return null;
    case 'begin':
      if (attempt.job?.kind !== 'start-agent') return 'stale_job';
      attempt.status = 'starting';
      return null;
    case 'report':
      if (!hasTurn(attempt)) return hasBegun ? 'not_your_turn' : 'not_started';
      attempt.reported = word.what;
      return null;
    case 'end-turn':
      if (!hasBegun) return 'not_started';
      if (!hasTurn(attempt) || attempt.turn !== word.turn) return 'stale_turn';
      endTurn(run, attempt, word.how);
      return null;
  }
}

function endJob(run: RefRun, job: RefJob, how: string): string | null {
  const { attempt, task } = job;
  if (attempt)
    return job.kind === 'continue-agent' ? handOver(job, how) : endAttemptJob(run, attempt, job, how);
  if (task.waits?.on !== 'job' || task.waits.job !== job) return 'stale_job';
  task.waits = null;
  task.result = how;
  if (job.kind === 'create-branch' && how === 'done') run.hasBranch = true;
  task.isFinal = how === 'done' && ['land', 'open-pull-request', 'discard-branch'].includes(job.kind);
  return null;
}

function handOver({ attempt, turn }: RefJob, how: string): string | null {
  if (!attempt || !hasTurn(attempt) || attempt.turn !== turn) return 'stale_job';
  if (how !== 'done') endAttempt(attempt, 'lost');
  return null;
}

function endAttemptJob(run: RefRun, attempt: RefAttempt, job: RefJob, how: string): string | null {
  if (attempt.job !== job) return 'stale_job';
  const isStart = job.kind === 'start-agent';
  if (isStart && how === 'done' && attempt.status !== 'starting') return 'not_begun';
  attempt.job = null;
  if (job.kind === 'settle-attempt') {
    attempt.isSettled = how === 'done';
    attempt.isStuck = how !== 'done';
    const { waits } = attempt.task;
    if (attempt.isSettled && waits?.on === 'attempt' && waits.attempt === attempt) attempt.task.waits = null;
  } else if (how === 'host_lost') endAttempt(attempt, 'lost');
  else if (how === 'missing') sendBack(run, attempt, 'evidence', 'no_evidence');
  else if (how !== 'done') {
    endAttempt(attempt, 'failed', how === 'setup_failed' ? how : isStart ? 'start_failed' : 'no_evidence');
  } else if (isStart) Object.assign(attempt, { status: 'running', turn: 1, isInTurn: true });
  else endAttempt(attempt, 'succeeded');
  return null;
}
