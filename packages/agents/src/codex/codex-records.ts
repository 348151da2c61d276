import type { AgentEvent } from '../adapter/agent-event.ts';
import { type Fields, fieldsOf, numberOf, textOf, timeOfSeconds } from '../cli/json-fields.ts';
import { toolEnded, toolStarted } from './codex-items.ts';
import { codexOutcome } from './codex-outcome.ts';
import { CodexUsage } from './codex-usage.ts';
import { isSilent } from './silent-notifications.ts';

/**
 * Reads the notifications that `codex app-server` writes. Of each turn exactly one `turn-ended` comes out, unless the process
 * ends first. Whatever is odd in a notification is taken as if it was not there.
 */
export class CodexRecords {
  readonly #usage = new CodexUsage();
  readonly #tools = new Set<string>();
  /** Messages of the agent whose text came in pieces. */
  readonly #streamed = new Set<string>();
  readonly #waiting = new Set<string>();
  #threadId: string | null = null;
  #resetAt: number | null = null;
  #finalMessage = '';

  beginTurn(): void {
    this.#usage.begin();
    this.#tools.clear();
    this.#streamed.clear();
    this.#waiting.clear();
    this.#resetAt = null;
    this.#finalMessage = '';
  }

  /** A message was handed to the program, which repeats its id when the agent gets it. */
  expect(messageId: string): void {
    this.#waiting.add(messageId);
  }

  /** What a turn has used that did not end by itself. */
  get usage(): CodexUsage['soFar'] {
    return this.#usage.soFar;
  }

  /** The thread that was opened. Another one than before counts from nothing. */
  openThread(threadId: string): readonly AgentEvent[] {
    if (threadId === this.#threadId) return [];
    if (this.#threadId !== null) this.#usage.forget();
    this.#threadId = threadId;
    return [{ kind: 'session-id', sessionId: threadId }];
  }

  read(value: unknown): readonly AgentEvent[] {
    const record = fieldsOf(value);
    const method = textOf(record['method']) ?? '';
    const params = fieldsOf(record['params']);
    if (!this.#isOfThread(params)) return [];
    switch (method) {
      case 'item/started':
        return this.#readStarted(fieldsOf(params['item']));
      case 'item/completed':
        return this.#readCompleted(fieldsOf(params['item']));
      case 'item/agentMessage/delta':
        return this.#readDelta(params);
      case 'thread/tokenUsage/updated':
        return this.#readUsage(fieldsOf(params['tokenUsage']));
      case 'account/rateLimits/updated':
        return this.#readLimits(fieldsOf(params['rateLimits']));
      case 'error':
        return params['willRetry'] === true ? [readRetry(fieldsOf(params['error']))] : [];
      case 'mcpServer/startupStatus/updated':
        return readServer(params);
      case 'turn/completed':
        return this.#readEnd(fieldsOf(params['turn']));
      default:
        return isSilent(method) ? [] : [{ kind: 'unknown-record', type: method.slice(0, MAX_TYPE) }];
    }
  }

  /** A sub-agent of Codex has a thread of its own. */
  #isOfThread(params: Fields): boolean {
    const threadId = textOf(params['threadId']);
    return threadId === null || this.#threadId === null || threadId === this.#threadId;
  }

  #readStarted(item: Fields): readonly AgentEvent[] {
    if (item['type'] === 'userMessage') return this.#delivered(textOf(item['clientId']));
    if (item['type'] === 'reasoning') return [{ kind: 'progress', message: 'thinking' }];
    const started = toolStarted(item);
    if (started === null) return [];
    this.#tools.add(started.callId);
    return [started];
  }

  #delivered(messageId: string | null): readonly AgentEvent[] {
    if (messageId === null || !this.#waiting.delete(messageId)) return [];
    return [{ kind: 'message-delivered', messageId }];
  }

  #readCompleted(item: Fields): readonly AgentEvent[] {
    if (item['type'] === 'agentMessage') return this.#readMessage(item);
    const ended = toolEnded(item);
    // One that nobody heard of the beginning of was over at once.
    if (ended === null || !this.#tools.delete(ended.callId)) return [];
    return [ended];
  }

  #readMessage(item: Fields): readonly AgentEvent[] {
    const text = textOf(item['text']) ?? '';
    this.#finalMessage = text;
    if (this.#streamed.delete(textOf(item['id']) ?? '')) return [{ kind: 'text', text: '\n' }];
    return text === '' ? [] : [{ kind: 'text', text: `${text}\n` }];
  }

  #readDelta(params: Fields): readonly AgentEvent[] {
    const text = textOf(params['delta']) ?? '';
    const itemId = textOf(params['itemId']);
    if (itemId === null || text === '') return [];
    this.#streamed.add(itemId);
    return [{ kind: 'text', text }];
  }

  #readUsage(tokenUsage: Fields): readonly AgentEvent[] {
    this.#usage.update(tokenUsage);
    const usage = this.#usage.soFar;
    return usage === null ? [] : [{ kind: 'usage', usage }];
  }

  /** It comes with every answer; a limit is met when a window is used up. Of several, the last one to end counts. */
  #readLimits(limits: Fields): readonly AgentEvent[] {
    const ends = [limits['primary'], limits['secondary']]
      .map(fieldsOf)
      .filter((window) => (numberOf(window['usedPercent']) ?? 0) >= 100)
      .map((window) => timeOfSeconds(window['resetsAt']))
      .filter((time) => time !== null);
    this.#resetAt = ends.length === 0 ? null : Math.max(...ends);
    return this.#resetAt === null
      ? []
      : [{ kind: 'limit', message: 'the usage limit is reached', resetAt: this.#resetAt }];
  }

  #readEnd(turn: Fields): readonly AgentEvent[] {
    const open = [...this.#tools].map((callId): AgentEvent => {
      return { kind: 'tool-ended', callId, isError: true, summary: 'It did not end.' };
    });
    this.#tools.clear();
    const [usage, resetAt, finalMessage] = [this.#usage.soFar, this.#resetAt, this.#finalMessage];
    const outcome = codexOutcome(turn, { usage, resetAt, finalMessage });
    return [...open, { kind: 'turn-ended', outcome }];
  }
}

function readRetry(error: Fields): AgentEvent {
  const told = [error['message'], error['additionalDetails']].map(textOf).filter((text) => text !== null);
  return { kind: 'limit', message: told.join(': ') || 'the model did not answer', resetAt: null };
}

function readServer(params: Fields): readonly AgentEvent[] {
  if (params['status'] !== 'failed') return [];
  const [name, why] = [params['name'], params['error']].map((value) => textOf(value) ?? '');
  const text = `The server of tools "${name}" could not be started. ${why}`.trimEnd();
  return [{ kind: 'output', stream: 'stderr', text: `${text}\n` }];
}

/** A name is short; what is none shall not fill the transcript. */
const MAX_TYPE = 60;
