import type { Attempt, AttemptStatus } from '../attempt.ts';
import type { RecordedEvent, RunEventPayloads, RunEventType } from '../event.ts';
import { attemptsOfTask } from '../queries.ts';
import type { RunState } from '../state.ts';
import { ofEach, type Violation } from './violation.ts';

const ACTIVE: readonly AttemptStatus[] = ['requested', 'starting', 'running', 'parked'];
const ENDED: readonly AttemptStatus[] = ['succeeded', 'failed', 'lost', 'cancelled'];

/** What may be said of an attempt in which status: a word that comes later is an earlier incarnation's (G11). */
const SAID_WHILE: { readonly [T in RunEventType]?: readonly AttemptStatus[] } = {
  'attempt.starting': ['requested'],
  'attempt.started': ['starting'],
  'attempt.reported': ['running'],
  'turn.ended': ['running'],
  'attempt.returned': ['running'],
  'attempt.held': ['running'],
  'attempt.warned': ACTIVE,
  'attempt.progressed': ACTIVE,
  'message.delivered': ['running', 'parked'],
  'question.asked': ACTIVE,
  'attempt.parked': ['running'],
  'attempt.resumed': ['parked'],
  'evidence.requested': ['running'],
  'evidence.collected': ['running'],
  'attempt.succeeded': ['running'],
  'attempt.failed': ACTIVE,
  'attempt.lost': ACTIVE,
  'attempt.cancelled': ACTIVE,
  'attempt.settling': ENDED,
  'attempt.settled': ENDED,
  'settling.failed': ENDED,
};

/** An attempt is bound before it begins (G09), its epoch fences the earlier ones (G10), and no late word touches it (G11). */
export function checkAttemptEvent(before: RunState, event: RecordedEvent): readonly Violation[] {
  if (event.type === 'attempt.requested') return checkRequest(before, event.data);
  const statuses = SAID_WHILE[event.type];
  if (!statuses) return [];
  // Every event in the table names its attempt.
  const { attemptId } = event.data as { readonly attemptId: string };
  return ofEach([before.attempts[attemptId]], (attempt) => [
    !isSaidInTime(attempt, statuses) && {
      guarantee: 'G11',
      subject: attemptId,
      message: `${event.type} was accepted of attempt ${attemptId}, which is ${standing(attempt)}.`,
    },
    event.type === 'turn.ended' &&
      attempt?.turn !== event.data.turn && {
        guarantee: 'G10',
        subject: attemptId,
        message: `Turn ${event.data.turn} of attempt ${attemptId} ended, and it is not the one under way.`,
      },
  ]);
}

function isSaidInTime(attempt: Attempt | undefined, statuses: readonly AttemptStatus[]): boolean {
  return attempt !== undefined && !attempt.settled && statuses.includes(attempt.status);
}

function standing(attempt: Attempt | undefined): string {
  if (attempt === undefined) return 'not there';
  return attempt.settled ? 'settled' : attempt.status;
}

function checkRequest(
  before: RunState,
  requested: RunEventPayloads['attempt.requested'],
): readonly Violation[] {
  const { attemptId, taskId, epoch } = requested;
  return ofEach(attemptsOfTask(before, taskId), (other) => [
    !other.settled && {
      guarantee: 'G09',
      subject: taskId,
      message: `Attempt ${attemptId} of task ${taskId} began before ${other.id} was settled.`,
    },
    other.epoch >= epoch && {
      guarantee: 'G10',
      subject: attemptId,
      message: `Attempt ${attemptId} has epoch ${epoch}, and ${other.id} before it had ${other.epoch}.`,
    },
  ]);
}
