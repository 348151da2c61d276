import type { RecordedEvent, RunEventPayloads, RunEventType } from '../event.ts';
import type { RunState } from '../state.ts';
import { checkAttemptEvent } from './check-attempt-event.ts';
import { checkBudget } from './check-budget.ts';
import { checkMessageEvent } from './check-message.ts';
import { checkTaskEvent } from './check-task-event.ts';
import { ofEach, type Violation } from './violation.ts';

/** What must hold of an event, by the state that it came to. */
export function checkEvent(before: RunState, event: RecordedEvent): readonly Violation[] {
  return ofEach([event], () => [
    checkControl(before, event),
    checkId(before, event),
    ...checkAnswer(before, event),
    ...checkAttemptEvent(before, event),
    ...checkTaskEvent(before, event),
    ...checkBudget(before, event),
    ...checkMessageEvent(before, event),
  ]);
}

/** What only a run that goes on may say: it puts somebody or something to work that was not. */
const STARTS: ReadonlySet<RunEventType> = new Set<RunEventType>([
  'task.started',
  'attempt.requested',
  'attempt.resumed',
  'checks.requested',
  'branch.requested',
  'merge.requested',
  'integration.requested',
  'landing.requested',
  'pull_request.requested',
  'discard.requested',
]);

/** What an ended run still has to clear away. */
const AFTER_THE_END: ReadonlySet<RunEventType> = new Set<RunEventType>([
  'attempt.settling',
  'attempt.settled',
  'settling.failed',
  'slots.removal_requested',
  'slots.removed',
  'slots.removal_failed',
]);

function checkControl({ id, control }: RunState, { type }: RecordedEvent): Violation | false {
  if (control === 'ended' && !AFTER_THE_END.has(type)) {
    return { guarantee: 'G03', subject: id, message: `${type} came to a run that has ended.` };
  }
  const isRefused = control !== 'active' && STARTS.has(type);
  return isRefused && { guarantee: 'G27', subject: id, message: `${type} came to a run that is ${control}.` };
}

/** Where the ids are that an event of this type gives one of. */
const GIVES_ID: { readonly [T in RunEventType]?: 'teams' | 'tasks' | 'findings' | 'gates' } = {
  'team.created': 'teams',
  'task.added': 'tasks',
  'finding.opened': 'findings',
  'gate.opened': 'gates',
};

/** An id is given once (G04). */
function checkId(before: RunState, { type, data }: RecordedEvent): Violation | false {
  const entities = type === 'attempt.requested' ? 'attempts' : GIVES_ID[type];
  if (entities === undefined) return false;
  // Every event in the table names the entity by its id.
  const id = type === 'attempt.requested' ? data.attemptId : (data as { readonly id: string }).id;
  if (!Object.hasOwn(before[entities], id)) return false;
  return { guarantee: 'G04', subject: id, message: `${type} gives the id ${id} a second time.` };
}

type Rule<T extends RunEventType> = (before: RunState, data: RunEventPayloads[T]) => Violation | false;

/** Whatever asks is answered once: gates, findings, jobs, timers. */
const ANSWERS: { readonly [T in RunEventType]?: Rule<T> } = {
  'gate.approved': answersGate,
  'gate.rejected': answersGate,
  'finding.closed': closesFinding,
  'finding.waived': closesFinding,
  'checks.recorded': answersJob,
  'branch.created': answersJob,
  'merge.completed': answersJob,
  'merge.conflicted': answersJob,
  'merge.refused': answersJob,
  'integration.completed': answersJob,
  'landing.completed': answersJob,
  'landing.deferred': answersJob,
  'pull_request.opened': answersJob,
  'branch.discarded': answersJob,
  'job.failed': answersJob,
  'timer.fired': answersTimer,
};

function checkAnswer(before: RunState, { type, data }: RecordedEvent): readonly (Violation | false)[] {
  // The compiler cannot see that a type's rule takes the type's payload.
  const rule = ANSWERS[type] as Rule<RunEventType> | undefined;
  return rule ? [rule(before, data)] : [];
}

function answersGate({ gates }: RunState, { gateId }: { readonly gateId: string }): Violation | false {
  if (gates[gateId]?.status === 'open') return false;
  return { guarantee: 'G03', subject: gateId, message: `Gate ${gateId} was answered, and it was not open.` };
}

function closesFinding(
  { findings }: RunState,
  { findingId }: { readonly findingId: string },
): Violation | false {
  if (findings[findingId]?.status === 'open') return false;
  return {
    guarantee: 'G18',
    subject: findingId,
    message: `Finding ${findingId} was closed, and it was not open.`,
  };
}

function answersJob({ tasks }: RunState, { taskId }: { readonly taskId: string }): Violation | false {
  if (tasks[taskId]?.waitsFor?.kind === 'job') return false;
  return {
    guarantee: 'G03',
    subject: taskId,
    message: `Task ${taskId} got a job's answer, and waits for no job.`,
  };
}

function answersTimer(
  { tasks, attempts }: RunState,
  fired: RunEventPayloads['timer.fired'],
): Violation | false {
  const subject = fired.taskId ?? fired.attemptId;
  const isAwaited =
    fired.taskId === null
      ? attempts[fired.attemptId]?.status === 'parked' && attempts[fired.attemptId]?.parkedUntil !== null
      : tasks[fired.taskId]?.waitsFor?.kind === 'timer';
  return (
    !isAwaited && { guarantee: 'G03', subject, message: `A timer fired that ${subject} does not wait for.` }
  );
}
