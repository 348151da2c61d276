import type { Attempt } from '../attempt.ts';
import type { Decision, Recipient } from '../command.ts';
import type { RunEvent } from '../event.ts';
import { found } from '../lookup.ts';
import { inboxOf, isFor } from '../message/mailbox.ts';
import {
  type Addressee,
  MAX_MESSAGES_OF_ATTEMPT,
  MAX_QUESTIONS_OF_ATTEMPT,
  type Message,
  type DeliveryMode,
  PROGRESS_INTERVAL_MS,
} from '../message/message.ts';
import { isActive, isOver } from '../queries.ts';
import type { RunState } from '../state.ts';
import { accept, reject } from './decision.ts';
import type { AttemptCommand } from './node.ts';
import { isInboxFull, messageId, refuseFullInbox } from './outgoing.ts';

type Of<Kind extends AttemptCommand['kind']> = Extract<AttemptCommand, { kind: Kind }>;

/** How far an agent is. The newest word counts; what comes too soon after the last one is no event of its own. */
export function tellProgress(
  _: RunState,
  { id, progress }: Attempt,
  { message }: Of<'tell-progress'>,
  now: number,
): Decision {
  if (progress && now - progress.at < PROGRESS_INTERVAL_MS) return accept();
  return accept({ type: 'attempt.progressed', data: { attemptId: id, message } });
}

/** A word of an agent's to others at work, each of whom gets a message of its own, or to people. */
export function writeMessage(state: RunState, attempt: Attempt, { to, text }: Of<'write-message'>): Decision {
  const addressees = addresseesOf(state, attempt, to);
  if (!Array.isArray(addressees)) return addressees;
  const written = Object.values(state.messages).filter(({ from }) => from === attempt.id).length;
  if (written + addressees.length > MAX_MESSAGES_OF_ATTEMPT) {
    const message = `An attempt may write ${MAX_MESSAGES_OF_ATTEMPT} messages, and this one has written ${written}.`;
    return reject('too_many_messages', message, 'put what matters into your report');
  }
  if (addressees.some((each) => isInboxFull(state, each))) return refuseFullInbox();
  const sent = addressees.map((each, index): RunEvent => ({
    type: 'message.sent',
    data: { messageId: messageId(state, index + 1), from: attempt.id, to: each, text, answers: null },
  }));
  return accept(...sent);
}

function addresseesOf(state: RunState, writer: Attempt, to: Recipient): Addressee[] | Decision {
  switch (to.kind) {
    case 'operator':
      return [to];
    case 'task': {
      const task = found(state.tasks, to.taskId);
      if (task && !isOver(task) && task.id !== writer.taskId) return [to];
      return nobodyThere(state, writer, `Nobody else works at task ${task?.name ?? to.taskId}, or will.`);
    }
    case 'attempt': {
      const attempt = found(state.attempts, to.attemptId);
      if (attempt && isActive(attempt) && attempt.id !== writer.id) return [to];
      return nobodyThere(state, writer, `No other attempt ${to.attemptId} is at work.`);
    }
    case 'role': {
      const others = othersAtWork(state, writer).filter(({ role }) => role === to.role);
      if (others.length > 0) return others.map(({ id }): Addressee => ({ kind: 'attempt', attemptId: id }));
      return nobodyThere(state, writer, `No other ${to.role} is at work.`);
    }
  }
}

function nobodyThere(state: RunState, writer: Attempt, message: string): Decision {
  const others = othersAtWork(state, writer).map(({ id, role }) => `to ${id}  (${role})`);
  return reject('nobody_there', message, ...others, 'to operator');
}

function othersAtWork(state: RunState, writer: Attempt): readonly Attempt[] {
  return Object.values(state.attempts).filter((each) => isActive(each) && each.id !== writer.id);
}

export function askQuestion(
  state: RunState,
  { id }: Attempt,
  { text, choices }: Of<'ask-question'>,
): Decision {
  const all = Object.values(state.questions);
  if (all.filter(({ attemptId }) => attemptId === id).length >= MAX_QUESTIONS_OF_ATTEMPT) {
    const message = `An attempt may ask ${MAX_QUESTIONS_OF_ATTEMPT} questions, and this one has.`;
    return reject('too_many_questions', message, 'decide yourself, and say in your report how');
  }
  const questionId = `${state.id}-q${all.length + 1}`;
  return accept({ type: 'question.asked', data: { questionId, attemptId: id, text, choices } });
}

/** A host says again what it does not know to be heard; a message that the agent has got stays as it is (G23). */
export function deliverMessage(
  state: RunState,
  attempt: Attempt,
  { messageId: id, mode }: Of<'deliver-message'>,
): Decision {
  const message = found(state.messages, id);
  const refusal = refuseDelivery(attempt, message, id);
  if (refusal !== null || message?.delivery !== null) return refusal ?? accept();
  const [first] = inboxOf(state, attempt);
  if (first === message) return accept(delivered(attempt, message, mode));
  return reject('out_of_order', `Message ${id} is not the first that attempt ${attempt.id} waits for.`);
}

export function readMessages(state: RunState, attempt: Attempt, { upTo }: Of<'read-messages'>): Decision {
  const refusal = refuseDelivery(attempt, found(state.messages, upTo), upTo);
  if (refusal !== null) return refusal;
  const inbox = inboxOf(state, attempt);
  const last = inbox.findIndex(({ id }) => id === upTo);
  return accept(...inbox.slice(0, last + 1).map((message) => delivered(attempt, message, 'read')));
}

/** What an attempt gets was written to it, or to whoever works at its task, and it has a turn to get it in. */
function refuseDelivery(attempt: Attempt, message: Message | undefined, id: string): Decision | null {
  if (attempt.turn === 0) return reject('not_started', `Attempt ${attempt.id} has had no turn yet.`);
  const isItsOwn =
    message &&
    (message.delivery === null ? isFor(message, attempt) : message.delivery.attemptId === attempt.id);
  return isItsOwn ? null : reject('no_such_message', `Attempt ${attempt.id} has no message ${id}.`);
}

function delivered({ id, turn }: Attempt, message: Message, mode: DeliveryMode): RunEvent {
  return { type: 'message.delivered', data: { messageId: message.id, attemptId: id, turn, mode } };
}
