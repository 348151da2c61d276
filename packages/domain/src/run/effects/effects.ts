import type { RecordedEvent, RunEventPayloads, RunEventType } from '../event.ts';
import { attemptOf, taskOf } from '../lookup.ts';
import { attemptAtWork } from '../message/mailbox.ts';
import type { Addressee } from '../message/message.ts';
import type { RunState } from '../state.ts';
import type { Effect } from './effect.ts';
import { jobOf } from './job-of.ts';

/** The effects of an event that led from the state `before` to the state `after`. */
export function effects(before: RunState, event: RecordedEvent, after: RunState): readonly Effect[] {
  const job = jobOf(event, after);
  const timer = timerOfTurn(event, before, after);
  if (job) {
    const attemptId = 'attemptId' in job ? job.attemptId : null;
    return [{ kind: 'enqueue', job, attemptId }, ...timer];
  }
  // The compiler cannot see that a type's rule takes the type's payload.
  const rule = RULES[event.type] as Rule<RunEventType> | undefined;
  return [...(rule?.(event.data, before) ?? []), ...timer];
}

/** The timer that ends a turn with its attempt's budget: set when the turn begins, cleared when it ends. */
function timerOfTurn({ data }: RecordedEvent, before: RunState, after: RunState): readonly Effect[] {
  if (!('attemptId' in data) || typeof data.attemptId !== 'string') return [];
  const { attemptId } = data;
  const was = before.attempts[attemptId]?.turnDueAt ?? null;
  const is = after.attempts[attemptId]?.turnDueAt ?? null;
  if (is === was) return [];
  if (is === null) return [{ kind: 'clear-timer', timerId: attemptId }];
  return [{ kind: 'set-timer', timerId: attemptId, taskId: null, attemptId, dueAt: is }];
}

/** The effects of one type of event, from the state before it. */
type Rule<T extends RunEventType> = (data: RunEventPayloads[T], before: RunState) => readonly Effect[];

const RULES: { readonly [T in RunEventType]?: Rule<T> } = {
  'attempt.starting': ({ attemptId }, before) => [
    { kind: 'grant-lease', attemptId, epoch: attemptOf(before, attemptId).epoch },
  ],
  'turn.ended': endOfTurn,
  'attempt.succeeded': endOfAttempt,
  'attempt.failed': endOfAttempt,
  'attempt.lost': endOfAttempt,
  'attempt.cancelled': endOfAttempt,
  'attempt.settled': ({ attemptId }) => [{ kind: 'release-lease', attemptId }],
  'retry.scheduled': ({ taskId, dueAt }) =>
    dueAt === null ? [] : [{ kind: 'set-timer', timerId: taskId, taskId, attemptId: null, dueAt }],
  'attempt.parked': ({ attemptId, until }) => [
    { kind: 'set-timer', timerId: attemptId, taskId: null, attemptId, dueAt: until },
  ],
  'message.sent': ({ to }, before) => tellAddressee(to, before),
  // What a host has handed over itself, it knows.
  'message.delivered': ({ attemptId, mode }) =>
    mode === 'read' ? [{ kind: 'tell-attempt', attemptId }] : [],
  'task.skipped': endOfTask,
  'task.cancelled': endOfTask,
};

function tellAddressee(to: Addressee, before: RunState): readonly Effect[] {
  if (to.kind === 'operator') return [];
  const attemptId = to.kind === 'attempt' ? to.attemptId : (attemptAtWork(before, to.taskId)?.id ?? null);
  return attemptId === null ? [] : [{ kind: 'tell-attempt', attemptId }];
}

/** A turn that ended was handed over, whether its job could say so or not. */
function endOfTurn({ attemptId }: { readonly attemptId: string }, before: RunState): readonly Effect[] {
  const { continueJobId } = attemptOf(before, attemptId);
  return continueJobId === null ? [] : [{ kind: 'withdraw', jobId: continueJobId }];
}

function endOfAttempt({ attemptId }: { readonly attemptId: string }, before: RunState): readonly Effect[] {
  const { jobId, continueJobId, parkedUntil } = attemptOf(before, attemptId);
  const jobs = [jobId, continueJobId].filter((id) => id !== null);
  return [
    ...jobs.map((id): Effect => ({ kind: 'withdraw', jobId: id })),
    ...(parkedUntil === null ? [] : [{ kind: 'clear-timer', timerId: attemptId } as const]),
  ];
}

function endOfTask({ taskId }: { readonly taskId: string }, before: RunState): readonly Effect[] {
  const waits = taskOf(before, taskId).waitsFor;
  if (waits?.kind === 'job') return [{ kind: 'withdraw', jobId: waits.jobId }];
  return waits?.kind === 'timer' ? [{ kind: 'clear-timer', timerId: taskId }] : [];
}
