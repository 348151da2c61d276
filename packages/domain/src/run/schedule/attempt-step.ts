import { attemptBranch } from '../../naming/names.ts';
import type { Role } from '../../policy/role.ts';
import type { Attempt, AttemptFailureKind } from '../attempt.ts';
import type { RetryCause, RunEvent } from '../event.ts';
import { attemptOf, known } from '../lookup.ts';
import { attemptsOfTask } from '../queries.ts';
import { routeOf } from '../routes.ts';
import { freeSlot } from '../slots.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';
import { holdAfter, holdStart } from './budget-rules.ts';
import { block, type StepContext } from './context.ts';

export interface AttemptStep {
  readonly role: Role;
  readonly startCommit: string;
  /** What a resolver merges in. */
  readonly mergeCommit?: string;
  /** What follows once an attempt of this step succeeded and is settled. */
  readonly onSuccess: (attempt: Attempt) => readonly RunEvent[];
}

/** A step that one attempt after the other works on, until one succeeds or the retries are spent. */
export function attemptStep(context: StepContext, step: AttemptStep): readonly RunEvent[] {
  const { state, task } = context;
  // Also one of an earlier step that a retry gave up before it was settled.
  if (attemptsOfTask(state, task.id).some((attempt) => !attempt.settled)) return [];
  const lastId = task.stepAttempts.at(-1);
  if (lastId !== undefined) {
    const last = attemptOf(state, lastId);
    if (last.status === 'succeeded') return step.onSuccess(last);
    if (task.answeredAttempt !== lastId) return answerBadEnd(context, last);
  }
  return requestAttempt(context, step);
}

function requestAttempt(context: StepContext, step: AttemptStep): readonly RunEvent[] {
  const { state, task, ids } = context;
  if (!context.mayStart) return [];
  const held = holdStart(context);
  if (held) return held;
  const slot = freeSlot(state);
  if (slot === null) return [];
  const routed = routeOf(state, task, step.role, context.now);
  if (routed === null) return blockOwnReview(context, step.role);
  const attemptId = ids.next('a');
  return [
    {
      type: 'attempt.requested',
      data: {
        attemptId,
        taskId: task.id,
        number: task.attemptCount + 1,
        role: step.role,
        agent: routed.agent,
        model: routed.model,
        ...(routed.because === 'default' ? {} : { because: routed.because }),
        slot,
        branch: attemptBranch(attemptId),
        epoch: task.attemptCount + 1,
        startCommit: step.startCommit,
        mergeCommit: step.mergeCommit ?? null,
        predecessor: predecessorOf(state, task, step.role),
        jobId: ids.next('j'),
      },
    },
  ];
}

/** The policy wants reviewers that differ from authors, and everyone that it names has written some of this. */
function blockOwnReview(context: StepContext, role: Role): readonly RunEvent[] {
  const message = `Reviewers must differ from authors (routing.reviewersDiffer), and every ${role} that the run has did some of the work.`;
  return block(context, { code: 'no_other_reviewer', message });
}

/** The attempt whose fate the new one is told of: the last of its role that did not succeed. */
function predecessorOf(state: RunState, task: Task, role: Role): string | null {
  const last = attemptsOfTask(state, task.id).findLast((attempt) => attempt.role === role);
  return last && last.status !== 'succeeded' ? last.id : null;
}

function answerBadEnd(context: StepContext, attempt: Attempt): readonly RunEvent[] {
  if (attempt.status === 'cancelled') return retry(context, attempt, 'cancelled', null);
  return attempt.status === 'lost' ? answerLoss(context, attempt) : answerFailure(context, attempt);
}

function answerLoss(context: StepContext, attempt: Attempt): readonly RunEvent[] {
  const { state, task } = context;
  if (task.retries.lost < state.policy.retries.lost) return retry(context, attempt, 'lost', null);
  const message = `${task.name} was lost ${task.retries.lost + 1} times with its host, session or machine.`;
  return block(context, { code: 'lost_too_often', message });
}

/** Nothing changes by trying again, or it was tried often enough: a service that did not serve was waited for. */
const ENDS_AT_ONCE: ReadonlySet<AttemptFailureKind> = new Set<AttemptFailureKind>([
  'authentication',
  'setup_failed',
  'overload',
  'network',
]);

function answerFailure(context: StepContext, attempt: Attempt): readonly RunEvent[] {
  const { state, task, now } = context;
  const { retries } = state.policy;
  const failure = known(attempt.failure, `failure of attempt ${attempt.id}`);
  const { kind } = failure;
  if (ENDS_AT_ONCE.has(kind)) return block(context, { ...failure, code: kind });
  if (kind === 'budget') {
    const held = context.mayStart ? holdAfter(context, attempt) : [];
    return held ?? retry(context, attempt, 'budget', null);
  }
  if (kind === 'limit') return retry(context, attempt, 'limit', null);
  if (kind === 'bad_output') {
    if (task.retries.output < retries.output) return retry(context, attempt, 'output', null);
  } else if (task.retries.failure < retries.failure) {
    return retry(context, attempt, 'failure', now + retries.backoffMs);
  }
  return block(context, { ...failure, code: 'retries_spent' });
}

function retry(
  { task }: StepContext,
  attempt: Attempt,
  cause: RetryCause,
  dueAt: number | null,
): readonly RunEvent[] {
  return [
    {
      type: 'retry.scheduled',
      data: { taskId: task.id, attemptId: attempt.id, cause, dueAt },
    },
  ];
}
