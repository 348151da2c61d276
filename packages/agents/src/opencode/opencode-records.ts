import type { Usage } from '@tina/domain';
import type { AgentEvent } from '../adapter/agent-event.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf } from '../cli/json-fields.ts';
import type { Retry } from './opencode-outcome.ts';
import { OpencodeTools } from './opencode-tools.ts';
import { OpencodeUsage } from './opencode-usage.ts';
import { isSilent } from './silent-events.ts';

/** A name is short; what is none shall not fill the transcript. */
const MAX_TYPE = 60;

/** What an event of the server's means: what the agent does, or what its driver has to act on. */
export type OpencodeSignal =
  | AgentEvent
  | { readonly kind: 'connected' }
  | { readonly kind: 'asks-permission'; readonly request: Fields }
  | { readonly kind: 'asks-question'; readonly requestId: string }
  | { readonly kind: 'retry'; readonly retry: Retry }
  | { readonly kind: 'idle' };

interface Message {
  readonly role: string;
  readonly parentId: string | null;
}

/**
 * Reads the events of `GET /event`. Whatever is odd in one is taken as if it was not there. Sessions of sub-agents count for
 * their usage and their questions alone.
 */
export class OpencodeRecords {
  readonly #tools = new OpencodeTools();
  readonly #usage = new OpencodeUsage();
  readonly #family = new Set<string>();
  readonly #messages = new Map<string, Message>();
  /** What was told of each text so far. */
  readonly #texts = new Map<string, string>();
  /** Texts of the newest message of the agent, by part. */
  readonly #lastWord = new Map<string, string>();
  /** Messages that were handed over, by their id, until the agent has them. */
  readonly #waiting = new Map<string, string>();
  #sessionId = '';
  #lastMessageId = '';
  #error: Fields | null = null;
  #isSettled = false;
  #hasHeardPrompt = false;

  openSession(sessionId: string): readonly AgentEvent[] {
    this.#sessionId = sessionId;
    this.#family.add(sessionId);
    return [{ kind: 'session-id', sessionId }];
  }

  beginTurn(): void {
    this.#tools.clear();
    this.#usage.begin();
    this.#texts.clear();
    this.#lastWord.clear();
    this.#waiting.clear();
    this.#messages.clear();
    this.#error = null;
    this.#isSettled = false;
    this.#hasHeardPrompt = false;
  }

  /** A message is handed over; the text tells it from the others. */
  expect(messageId: string, text: string): void {
    this.#waiting.set(messageId, text);
  }

  /** It was not taken. */
  forget(messageId: string): void {
    this.#waiting.delete(messageId);
  }

  get usage(): Usage | null {
    return this.#usage.soFar;
  }

  get finalMessage(): string {
    return [...this.#lastWord.values()].join('\n').trim();
  }

  /** Why the turn failed; null when it has not. */
  get error(): Fields | null {
    return this.#error;
  }

  /** The agent's last message is finished: an idle that comes before is none. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  get hasHeardPrompt(): boolean {
    return this.#hasHeardPrompt;
  }

  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  endTools(): readonly AgentEvent[] {
    return this.#tools.endAll();
  }

  read(value: unknown): readonly OpencodeSignal[] {
    const event = fieldsOf(value);
    const type = textOf(event['type']) ?? '';
    const properties = fieldsOf(event['properties']);
    const sessionId = textOf(properties['sessionID']);
    if (type === 'server.connected') return [{ kind: 'connected' }];
    if (type === 'session.created') return this.#adopt(fieldsOf(properties['info']));
    if (sessionId === null || !this.#family.has(sessionId))
      return isSilent(type) || sessionId !== null
        ? []
        : [{ kind: 'unknown-record', type: type.slice(0, MAX_TYPE) }];
    if (type === 'permission.asked') return [{ kind: 'asks-permission', request: properties }];
    if (type === 'question.asked')
      return [{ kind: 'asks-question', requestId: textOf(properties['id']) ?? '' }];
    if (sessionId !== this.#sessionId) return this.#readOfChild(type, properties);
    return this.#readOwn(type, properties);
  }

  #readOwn(type: string, properties: Fields): readonly OpencodeSignal[] {
    switch (type) {
      case 'message.updated':
        return this.#readMessage(fieldsOf(properties['info']));
      case 'message.part.updated':
        return this.#readPart(fieldsOf(properties['part']));
      case 'message.part.delta':
        return this.#readDelta(properties);
      case 'session.status':
        return readStatus(fieldsOf(properties['status']));
      case 'session.idle':
        return [{ kind: 'idle' }];
      case 'session.error':
        this.#error ??= fieldsOf(properties['error']);
        return [];
      case 'todo.updated':
        return readTodo(properties);
      default:
        return isSilent(type) ? [] : [{ kind: 'unknown-record', type: type.slice(0, MAX_TYPE) }];
    }
  }

  #adopt(info: Fields): readonly OpencodeSignal[] {
    const [id, parent] = [textOf(info['id']), textOf(info['parentID'])];
    if (id !== null && parent !== null && this.#family.has(parent)) this.#family.add(id);
    return [];
  }

  #readOfChild(type: string, properties: Fields): readonly OpencodeSignal[] {
    const part = fieldsOf(properties['part']);
    if (type !== 'message.part.updated') return [];
    // A sub-agent at work is no silence.
    if (part['type'] === 'tool' && fieldsOf(part['state'])['status'] === 'running')
      return [{ kind: 'progress', message: `sub-agent: ${textOf(part['tool']) ?? 'a tool'}` }];
    return part['type'] === 'step-finish' ? this.#readStep(part) : [];
  }

  #readMessage(info: Fields): readonly OpencodeSignal[] {
    const id = textOf(info['id']) ?? '';
    const role = textOf(info['role']) ?? '';
    const parentId = textOf(info['parentID']);
    this.#messages.set(id, { role, parentId });
    if (role === 'user') {
      this.#hasHeardPrompt = true;
      return [];
    }
    if (id !== this.#lastMessageId) {
      this.#lastMessageId = id;
      this.#lastWord.clear();
    }
    const error = info['error'];
    if (error !== undefined && error !== null) this.#error ??= fieldsOf(error);
    const isCompleted = numberOf(fieldsOf(info['time'])['completed']) !== null;
    this.#isSettled = isCompleted && (this.#error === null || (error !== undefined && error !== null));
    return parentId === null ? [] : this.#delivered(parentId);
  }

  /** The agent answers the newest message that it has: so it has those before as well. */
  #delivered(messageId: string): readonly OpencodeSignal[] {
    const text = this.#texts.get(messageId);
    if (text === undefined) return [];
    const waiting = [...this.#waiting].find(([, expected]) => expected === text);
    if (waiting === undefined) return [];
    this.#waiting.delete(waiting[0]);
    return [{ kind: 'message-delivered', messageId: waiting[0] }];
  }

  #readPart(part: Fields): readonly OpencodeSignal[] {
    const id = textOf(part['id']) ?? '';
    const messageId = textOf(part['messageID']) ?? '';
    const isUser = this.#messages.get(messageId)?.role === 'user';
    switch (part['type']) {
      case 'text':
        if (isUser) this.#texts.set(messageId, textOf(part['text']) ?? '');
        return isUser ? [] : this.#readText(id, messageId, part);
      case 'reasoning':
        return this.#texts.has(id) ? [] : this.#readThought(id);
      case 'tool':
        return this.#tools.read(part);
      case 'step-finish':
        return this.#readStep(part);
      default:
        return [];
    }
  }

  /** All of the text so far; its end may come here alone. */
  #readText(id: string, messageId: string, part: Fields): readonly OpencodeSignal[] {
    if (part['synthetic'] === true) return [];
    const text = textOf(part['text']) ?? '';
    const before = this.#texts.get(id) ?? '';
    const isOver = numberOf(fieldsOf(part['time'])['end']) !== null;
    const more = text.startsWith(before) ? text.slice(before.length) : '';
    this.#texts.set(id, text.length >= before.length ? text : before);
    if (messageId === this.#lastMessageId) this.#lastWord.set(id, text);
    const pieces = `${more}${isOver && text !== '' ? '\n' : ''}`;
    return pieces === '' ? [] : [{ kind: 'text', text: pieces }];
  }

  #readDelta(properties: Fields): readonly OpencodeSignal[] {
    const id = textOf(properties['partID']) ?? '';
    const text = textOf(properties['delta']) ?? '';
    const before = this.#texts.get(id);
    if (properties['field'] !== 'text' || text === '' || before === undefined) return [];
    if (before === THOUGHT) return [];
    this.#texts.set(id, before + text);
    return [{ kind: 'text', text }];
  }

  #readThought(id: string): readonly OpencodeSignal[] {
    this.#texts.set(id, THOUGHT);
    return [{ kind: 'progress', message: 'thinking' }];
  }

  #readStep(part: Fields): readonly OpencodeSignal[] {
    this.#usage.update(textOf(part['id']) ?? '', part);
    const usage = this.#usage.soFar;
    return usage === null ? [] : [{ kind: 'usage', usage }];
  }
}

/** Stands for a text that is not shown. */
const THOUGHT = '\0thought';

function readStatus(status: Fields): readonly OpencodeSignal[] {
  if (status['type'] !== 'retry') return [];
  const attempt = numberOf(status['attempt']) ?? 1;
  const message = textOf(status['message']) ?? 'the model did not answer';
  const next = numberOf(status['next']);
  return [
    { kind: 'retry', retry: { attempt, message, next: next !== null && next > LAST_TIME ? null : next } },
  ];
}

/** The last time that a `Date` can hold. */
const LAST_TIME = 8.64e15;

function readTodo(properties: Fields): readonly OpencodeSignal[] {
  const now = listOf(properties['todos'])
    .map(fieldsOf)
    .find((todo) => todo['status'] === 'in_progress');
  const message = textOf(now?.['content']);
  return message === null ? [] : [{ kind: 'progress', message }];
}
