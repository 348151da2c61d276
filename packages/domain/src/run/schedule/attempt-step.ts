import { attemptBranch } from '../../naming/names.ts';
import type { Role } from '../../policy/role.ts';
import type { RunEvent } from '../event.ts';
import { attemptOf } from '../evolve/patch.ts';
import { attemptsOfTask, freeSlot } from '../queries.ts';
import type { Attempt, RunState, Task } from '../state.ts';
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
  const planned = role === 'implementer' || role === 'resolver' ? (task.spec?.model ?? null) : null;
  return planned ?? policy.roleModels[role] ?? null;
}

/** The attempt whose fate the new one is told of: the last of its role that did not succeed. */
function predecessorOf(state: RunState, task: Task, role: Role): string | null {
  const last = attemptsOfTask(state, task.id)
    .filter((attempt) => attempt.role === role)
    .at(-1);
  return last && last.status !== 'succeeded' ? last.id : null;
}

function answerBadEnd(context: StepContext, attempt: Attempt): readonly RunEvent[] {
  const { state, task, now } = context;
  const { retries } = state.policy;
  if (attempt.status === 'cancelled') return retry(context, attempt, 'cancelled', null);
  if (attempt.status === 'lost') {
    if (task.retries.lost < retries.lost) return retry(context, attempt, 'lost', null);
    const message = `${task.name} was lost ${task.retries.lost + 1} times with its host, session or machine.`;
    return block(context, { code: 'lost_too_often', message });
  }
  const failure = attempt.failure ?? { kind: 'crash' as const, message: '', output: null, next: [] };
  const isFinal = failure.kind === 'authentication' || failure.kind === 'setup_failed';
  if (!isFinal && failure.kind === 'bad_output' && task.retries.output < retries.output) {
    return retry(context, attempt, 'output', null);
  }
  if (!isFinal && failure.kind !== 'bad_output' && task.retries.failure < retries.failure) {
    return retry(context, attempt, 'failure', now + retries.backoffMs);
  }
  return block(context, {
    code: isFinal ? failure.kind : 'retries_spent',
    message: failure.message,
    output: failure.output,
    next: failure.next,
  });
}

function retry(
  { task }: StepContext,
  attempt: Attempt,
  cause: 'failure' | 'output' | 'lost' | 'cancelled',
  dueAt: number | null,
): readonly RunEvent[] {
  return [{ type: 'retry.scheduled', data: { taskId: task.id, attemptId: attempt.id, cause, dueAt } }];
}
