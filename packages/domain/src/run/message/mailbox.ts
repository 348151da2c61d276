import type { Attempt } from '../attempt.ts';
import { attemptOf, taskOf } from '../lookup.ts';
import { attemptsOfTask, isActive, isOver } from '../queries.ts';
import type { RunState } from '../state.ts';
import { MAX_MESSAGE_TURNS, type Message, type Question } from './message.ts';

/** Messages that the attempt's agent has not got yet, in the order in which it is to get them. */
export function inboxOf(state: RunState, attempt: Attempt): readonly Message[] {
  return Object.values(state.messages).filter(
    (message) => message.delivery === null && isFor(message, attempt),
  );
}

/** Everything that was written to the attempt, delivered or not; oldest first. */
export function messagesFor(state: RunState, attempt: Attempt): readonly Message[] {
  return Object.values(state.messages).filter((message) =>
    message.delivery === null ? isFor(message, attempt) : message.delivery.attemptId === attempt.id,
  );
}

/** Whether the attempt's agent may get the message. */
export function isFor({ to }: Message, { id, taskId }: Attempt): boolean {
  return (to.kind === 'attempt' && to.attemptId === id) || (to.kind === 'task' && to.taskId === taskId);
}

/**
 * `delivered`: it is in a turn of its agent's. `waiting`: it will be. `dead`: whoever it is for has ended without it (G23).
 * `kept`: it is for people, who read it where they look at the run.
 */
export type MessageStatus = 'waiting' | 'delivered' | 'dead' | 'kept';

export function messageStatus(state: RunState, { to, delivery }: Message): MessageStatus {
  if (delivery !== null) return 'delivered';
  switch (to.kind) {
    case 'operator':
      return 'kept';
    case 'attempt':
      return isActive(attemptOf(state, to.attemptId)) ? 'waiting' : 'dead';
    case 'task':
      return isOver(taskOf(state, to.taskId)) ? 'dead' : 'waiting';
  }
}

/** The attempt that is at work at the task, or about to be. */
export function attemptAtWork(state: RunState, taskId: string): Attempt | null {
  return attemptsOfTask(state, taskId).find(isActive) ?? null;
}

/** `closed`: the agent that asked has ended, so that nobody would hear the answer. */
export type QuestionStatus = 'open' | 'answered' | 'closed';

export function questionStatus(state: RunState, { answer, attemptId }: Question): QuestionStatus {
  if (answer !== null) return 'answered';
  return isActive(attemptOf(state, attemptId)) ? 'open' : 'closed';
}

/** Questions that somebody waits for an answer to, oldest first. */
export function openQuestions(state: RunState): readonly Question[] {
  return Object.values(state.questions).filter((question) => questionStatus(state, question) === 'open');
}

/** Whether a person has written something that the attempt shall hear before its report counts. */
export function hasUnheardWord(state: RunState, attempt: Attempt): boolean {
  const turns = attempt.returned.filter((reason) => reason === 'message').length;
  return turns < MAX_MESSAGE_TURNS && inboxOf(state, attempt).some(({ from }) => from === null);
}
