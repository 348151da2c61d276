import type { Decision } from '../command.ts';
import { type Addressee, MAX_WAITING_MESSAGES } from '../message/message.ts';
import type { RunState } from '../state.ts';
import { reject } from './decision.ts';

/** The id of the nth message from now: messages stay, so their number is the last one given. */
export function messageId(state: RunState, nth: number): string {
  return `${state.id}-s${Object.keys(state.messages).length + nth}`;
}

/** Whether as many messages wait for the addressee as may; what is for people is read by them at any time. */
export function isInboxFull(state: RunState, to: Addressee): boolean {
  if (to.kind === 'operator') return false;
  const waiting = Object.values(state.messages).filter(
    ({ delivery, to: other }) => delivery === null && isSame(other, to),
  );
  return waiting.length >= MAX_WAITING_MESSAGES;
}

export function refuseFullInbox(): Decision {
  return reject(
    'inbox_full',
    `${MAX_WAITING_MESSAGES} messages wait for it already; it has to take them first.`,
  );
}

function isSame(one: Addressee, other: Exclude<Addressee, { kind: 'operator' }>): boolean {
  return other.kind === 'attempt'
    ? one.kind === 'attempt' && one.attemptId === other.attemptId
    : one.kind === 'task' && one.taskId === other.taskId;
}
