import { attemptBranch } from '../../naming/names.ts';
import { isWritingRole, type Role } from '../../policy/role.ts';
import type { Attempt } from '../attempt.ts';
import type { RetryCause, RunEvent } from '../event.ts';
import { attemptOf, known } from '../lookup.ts';
import { attemptsOfTask } from '../queries.ts';
import { freeSlot } from '../slots.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';
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
  const slot = context.mayStart ? freeSlot(state) : null;
  if (slot === null) return [];
  const attemptId = ids.next('a');
  return [
    {
      type: 'attempt.requested',
      data: {
        attemptId,
        taskId: task.id,
        number: task.attemptCount + 1,
        role: step.role,
        agent: state.policy.agent,
        model: modelFor(state, task, step.role),
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

function modelFor({ policy }: RunState, task: Task, role: Role): string | null {
  if (policy.modelOverride !== null) return policy.modelOverride;
  const planned = isWritingRole(role) ? task.spec?.model : null;
  return planned ?? policy.roleModels[role] ?? null;
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

function answerFailure(context: StepContext, attempt: Attempt): readonly RunEvent[] {
  const { state, task, now } = context;
  const { retries } = state.policy;
  const failure = known(attempt.failure, `failure of attempt ${attempt.id}`);
  const { kind } = failure;
  // Nothing changes by trying again.
  if (kind === 'authentication' || kind === 'setup_failed') return block(context, { ...failure, code: kind });
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
