import type { Socket } from 'node:net';
import {
  MAX_LINE_BYTES,
  TinaError,
  UnreachableError,
  UsageError,
  type ClientLine,
  type ErrorData,
} from '@tina/contract';
import type { CallOptions, Client, SubscribeOptions } from './client.ts';
import { ItemQueue } from './item-queue.ts';
import { LineSplitter } from './line-splitter.ts';

/** Most answers take a millisecond; the longest (a replay of every run) get more from their caller. */
const DEFAULT_TIMEOUT_MS = 30_000;

interface PendingCall {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Speaks the contract over a connected socket. Open until the socket ends, a line makes no sense, or `close`. */
export class SocketClient implements Client {
  readonly #socket: Socket;
  readonly #token: string | null;
  readonly #splitter = new LineSplitter(MAX_LINE_BYTES);
  readonly #calls = new Map<number, PendingCall>();
  readonly #queues = new Map<number, ItemQueue<never>>();
  #lastId = 0;
  #failure: Error | null = null;

  constructor(socket: Socket, token: string | null) {
    this.#socket = socket;
    this.#token = token;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#fail(lost(error)));
    socket.on('close', () => this.#fail(lost(null)));
  }

  readonly call: Client['call'] = (name, input, { timeoutMs = DEFAULT_TIMEOUT_MS }: CallOptions = {}) =>
    new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      const timer = setTimeout(() => {
        this.#calls.delete(id);
        reject(tooLate(name, timeoutMs));
      }, timeoutMs);
      this.#calls.set(id, { resolve, reject, timer });
      const failure = this.#failure ?? this.#send(this.#request(id, name, input));
      if (failure !== null) this.#settle(id)?.reject(failure);
    });

  readonly subscribe: Client['subscribe'] = (
    name,
    input,
    { signal, keep = 'all' }: SubscribeOptions = {},
  ) => {
    const id = ++this.#lastId;
    const queue = new ItemQueue<never>(keep, () => {
      signal?.removeEventListener('abort', onAbort);
      this.#queues.delete(id);
      if (this.#failure === null) this.#send({ id, cancel: true });
    });
    const onAbort = (): void => void queue.return();
    this.#queues.set(id, queue);
    const failure = this.#failure ?? this.#send(this.#request(id, name, input));
    if (failure !== null) this.#end(id, failure);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    return queue;
  };

  readonly close = (): void => {
    this.#fail(new UnreachableError({ code: 'connection_closed', message: 'The connection was closed.' }));
    this.#socket.end();
    this.#socket.unref();
  };

  #request(id: number, name: string, input: unknown): ClientLine {
    return { id, call: name, input, ...(this.#token === null ? {} : { token: this.#token }) };
  }

  /** What keeps the line from being sent, or null. */
  #send(line: ClientLine): Error | null {
    const text = JSON.stringify(line);
    if (text.length > MAX_LINE_BYTES || Buffer.byteLength(text) > MAX_LINE_BYTES) {
      const message = `The request is larger than ${MAX_LINE_BYTES / 1024 / 1024} MiB, so it was not sent.`;
      return new UsageError({ code: 'request_too_large', message });
    }
    this.#socket.write(`${text}\n`);
    return null;
  }

  #receive(chunk: Buffer): void {
    if (this.#failure !== null) return;
    const lines = this.#splitter.push(chunk);
    if (lines === null) return this.#break('a line that is too long');
    for (const line of lines) {
      const answer = parse(line);
      if (answer === null) return this.#break('a line that is no answer');
      this.#dispatch(answer);
    }
  }

  /** An answer to something given up meanwhile is ignored. */
  #dispatch(answer: Answer): void {
    const { id } = answer;
    if (answer.error !== undefined) {
      const error = TinaError.fromData(answer.error);
      this.#settle(id)?.reject(error);
      this.#end(id, error);
    } else if ('item' in answer) {
      this.#queues.get(id)?.push(answer.item as never);
    } else if (answer.end === true) {
      this.#end(id, null);
    } else {
      this.#settle(id)?.resolve(answer.result as never);
    }
  }

  #settle(id: number): PendingCall | undefined {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    clearTimeout(call?.timer);
    return call;
  }

  #end(id: number, error: Error | null): void {
    this.#queues.get(id)?.end(error);
    this.#queues.delete(id);
  }

  #break(what: string): void {
    const message = `The daemon sent ${what}; it may be of another version.`;
    const next = ['tina daemon stop && tina daemon start'];
    this.#fail(new UnreachableError({ code: 'bad_answer', message, next }));
    this.#socket.destroy();
  }

  /** Ends everything that is under way; the first reason wins. */
  #fail(error: Error): void {
    this.#failure ??= error;
    for (const id of this.#calls.keys()) this.#settle(id)?.reject(this.#failure);
    for (const id of this.#queues.keys()) this.#end(id, this.#failure);
  }
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: ErrorData;
  readonly item?: unknown;
  readonly end?: unknown;
}

function parse(line: string): Answer | null {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('id' in value) || typeof value.id !== 'number')
      return null;
    const kinds = ['result', 'error', 'item', 'end'].filter((kind) => kind in value);
    if (kinds.length !== 1) return null;
    if ('error' in value && (typeof value.error !== 'object' || value.error === null)) return null;
    return value as Answer;
  } catch {
    return null;
  }
}

function lost(cause: Error | null): UnreachableError {
  const message = 'The connection to the daemon was lost.';
  return new UnreachableError({
    code: 'connection_lost',
    message,
    next: ['tina daemon status'],
    cause: cause ?? undefined,
  });
}

function tooLate(name: string, timeoutMs: number): UnreachableError {
  const message = `The daemon did not answer ${name} within ${timeoutMs / 1000} s.`;
  return new UnreachableError({ code: 'timeout', message, next: ['tina daemon status'] });
}
