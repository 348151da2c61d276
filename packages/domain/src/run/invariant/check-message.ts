import type { RecordedEvent, RunEventPayloads, RunEventType } from '../event.ts';
import { inboxOf, isFor, questionStatus } from '../message/mailbox.ts';
import { isActive } from '../queries.ts';
import type { RunState } from '../state.ts';
import { ofEach, type Violation } from './violation.ts';

/**
 * Every message reaches one agent at most, whom it is for, once, and in the order in which it was written (G23, G24); it
 * is for somebody who can still hear it. A question is answered once, while somebody waits (G03).
 */
export function checkMessageEvent(before: RunState, { type, data }: RecordedEvent): readonly Violation[] {
  // The compiler cannot see that a type's rule takes the type's payload.
  const rule = RULES[type] as Rule<RunEventType> | undefined;
  return rule?.(before, data) ?? [];
}

type Rule<T extends RunEventType> = (before: RunState, data: RunEventPayloads[T]) => readonly Violation[];

const RULES: { readonly [T in RunEventType]?: Rule<T> } = {
  'message.sent': checkSent,
  'message.delivered': checkDelivered,
  'question.asked': checkAsked,
  'question.answered': checkAnswered,
};

function checkSent(before: RunState, sent: RunEventPayloads['message.sent']): readonly Violation[] {
  const { messageId, to, from } = sent;
  return ofEach([messageId], (subject) => [
    Object.hasOwn(before.messages, messageId) && {
      guarantee: 'G04',
      subject,
      message: `message.sent gives the id ${messageId} a second time.`,
    },
    to.kind === 'attempt' &&
      !isAtWork(before, to.attemptId) && {
        guarantee: 'G23',
        subject,
        message: `Message ${messageId} was taken for attempt ${to.attemptId}, which is not at work.`,
      },
    from !== null &&
      !isAtWork(before, from) && {
        guarantee: 'G11',
        subject,
        message: `Message ${messageId} was taken from attempt ${from}, which is not at work.`,
      },
  ]);
}

function checkDelivered(
  before: RunState,
  { messageId, attemptId }: RunEventPayloads['message.delivered'],
): readonly Violation[] {
  const message = before.messages[messageId];
  const attempt = before.attempts[attemptId];
  if (!message || !attempt || !isFor(message, attempt)) {
    const wrong = `Message ${messageId} was delivered to attempt ${attemptId}, and is not for it.`;
    return [{ guarantee: 'G23', subject: messageId, message: wrong }];
  }
  const [first] = inboxOf(before, attempt);
  return ofEach([messageId], (subject) => [
    message.delivery !== null && {
      guarantee: 'G25',
      subject,
      message: `Message ${messageId} was delivered a second time.`,
    },
    message.delivery === null &&
      first !== message && {
        guarantee: 'G24',
        subject,
        message: `Message ${messageId} was delivered before an earlier one.`,
      },
  ]);
}

function checkAsked(
  before: RunState,
  { questionId, attemptId }: RunEventPayloads['question.asked'],
): readonly Violation[] {
  return ofEach([questionId], (subject) => [
    Object.hasOwn(before.questions, questionId) && {
      guarantee: 'G04',
      subject,
      message: `question.asked gives the id ${questionId} a second time.`,
    },
    !isAtWork(before, attemptId) && {
      guarantee: 'G11',
      subject,
      message: `Question ${questionId} was taken from attempt ${attemptId}, which is not at work.`,
    },
  ]);
}

function checkAnswered(
  before: RunState,
  { questionId }: RunEventPayloads['question.answered'],
): readonly Violation[] {
  const question = before.questions[questionId];
  if (question && questionStatus(before, question) === 'open') return [];
  const message = `Question ${questionId} was answered, and it was not open.`;
  return [{ guarantee: 'G03', subject: questionId, message }];
}

function isAtWork({ attempts }: RunState, attemptId: string): boolean {
  const attempt = attempts[attemptId];
  return attempt !== undefined && isActive(attempt);
}
