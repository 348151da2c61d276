import { type ClientLine, type ErrorData, MAX_LINE_BYTES, type ServerLine, TinaError } from '@tina/contract';
import type { Socket } from 'node:net';
import type { Caller } from './handler.ts';
import { createLineReader } from './line-reader.ts';
import type { SocketServerOptions } from './socket-server.ts';

type Call = Extract<ClientLine, { call: string }>;

/** A client with so many calls under way does not read its answers. */
const MAX_CALLS = 10_000;
/** With so much on its way to a client, nothing more is read from it: it shall take its answers first. */
const MAX_UNSENT_BYTES = MAX_LINE_BYTES;

/** A refused client that has not gone by then does not read why. */
const LEAVE_AFTER_MS = 1_000;

/**
 * One client of the socket: its calls under way, and what it is sent. Open, until the client goes away, does not speak
 * the protocol (refused: what it still sends is thrown away), or the server closes.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #options: SocketServerOptions;
  readonly #calls = new Map<number, AbortController>();
  readonly #answers = new Set<Promise<void>>();
  #drained: Promise<void> | null = null;
  #state: 'open' | 'refused' | 'closing' = 'open';

  constructor(socket: Socket, options: SocketServerOptions) {
    this.#socket = socket;
    this.#options = options;
    const reader = createLineReader(MAX_LINE_BYTES, (text) => this.#take(text));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#abort('the caller went away'));
    socket.on('drain', () => socket.resume());
    socket.on('data', (chunk: Buffer) => {
      if (this.#state === 'refused') return;
      if (!reader.push(chunk)) this.#refuse('line_too_long', `A line may have ${MAX_LINE_BYTES} bytes.`);
      else if (socket.writableLength > MAX_UNSENT_BYTES) socket.pause();
    });
  }

  /** Ends subscriptions, answers what is under way, and then the connection. */
  async close(): Promise<void> {
    this.#state = 'closing';
    this.#abort('the daemon is ending');
    await Promise.all(this.#answers);
    this.#socket.destroySoon();
  }

  #abort(reason: string): void {
    for (const controller of this.#calls.values()) controller.abort(new Error(reason));
  }

  /** False when the client has to catch up before it is sent more. */
  #send(line: ServerLine): boolean {
    return this.#socket.writable && this.#socket.write(encode(line));
  }

  /** A client that does not speak the protocol is told so and left. It may have to finish writing before it reads that. */
  #refuse(code: string, message: string): void {
    this.#state = 'refused';
    this.#send({ id: 0, error: new TinaError({ code, message }).toData() });
    this.#socket.end();
    const leave = setTimeout(() => this.#socket.destroy(), LEAVE_AFTER_MS);
    this.#socket.on('close', () => clearTimeout(leave));
  }

  #take(text: string): void {
    if (text.trim() === '' || this.#state === 'refused') return;
    const line = readLine(text);
    if (line === null) this.#refuse('not_a_call', 'A line must be a call as JSON.');
    else if ('cancel' in line) this.#calls.get(line.id)?.abort(new Error('the caller cancelled'));
    else if (this.#calls.has(line.id)) this.#refuse('id_in_use', `Call ${line.id} is under way already.`);
    else if (this.#calls.size >= MAX_CALLS)
      this.#refuse('too_many_calls', `${MAX_CALLS} calls are under way.`);
    else this.#begin(line);
  }

  #begin(line: Call): void {
    const controller = new AbortController();
    this.#calls.set(line.id, controller);
    const answer = this.#answer(line, controller.signal).finally(() => {
      this.#calls.delete(line.id);
      this.#answers.delete(answer);
    });
    this.#answers.add(answer);
  }

  async #answer({ id, ...line }: Call, signal: AbortSignal): Promise<void> {
    let isStream = false;
    try {
      if (this.#state === 'closing') throw shuttingDown();
      const caller = await this.#callerOf(line.token);
      const context = { caller, token: line.token ?? null, signal };
      const result = this.#options.serve(line.call, line.input, context);
      isStream = !(result instanceof Promise);
      if (result instanceof Promise) this.#send({ id, result: (await result) ?? null });
      else await this.#stream(id, result, signal);
    } catch (error) {
      // Whoever leaves a subscription does not want to know how it ended.
      if (isStream && signal.aborted) this.#send({ id, end: true });
      else this.#send({ id, error: this.#errorData(error) });
    }
  }

  async #callerOf(token: string | undefined): Promise<Caller> {
    const { owner, authenticate } = this.#options;
    const caller = token === undefined ? owner : await authenticate(token);
    if (caller) return caller;
    throw new TinaError({ code: 'bad_token', message: 'The token is not valid, or not any more.' });
  }

  async #stream(id: number, items: AsyncIterable<unknown>, signal: AbortSignal): Promise<void> {
    for await (const item of items) {
      if (signal.aborted) break;
      // A reader that does not keep up slows its own subscriptions down, and nothing else.
      if (!this.#send({ id, item })) await this.#drain();
    }
    this.#send({ id, end: true });
  }

  /** Comes back when the client has taken what it was sent, or is gone. */
  #drain(): Promise<void> {
    if (!this.#socket.writable) return Promise.resolve();
    this.#drained ??= new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done);
        this.#socket.off('close', done);
        this.#drained = null;
        resolve();
      };
      this.#socket.on('drain', done);
      this.#socket.on('close', done);
    });
    return this.#drained;
  }

  #errorData(error: unknown): ErrorData {
    if (error instanceof TinaError) return error.toData();
    this.#options.onError(error);
    const { code, next } = error as { readonly code?: unknown; readonly next?: unknown };
    const isNamed = typeof code === 'string' && Array.isArray(next);
    return {
      code: isNamed ? code : 'internal_error',
      message: error instanceof Error ? error.message : String(error),
      place: null,
      details: [],
      next: isNamed ? (next as string[]) : ["tina daemon status  (it names the daemon's log)"],
    };
  }
}

/** @throws TinaError `answer_too_large`: the other side would not read such a line */
function encode(line: ServerLine): string {
  const text = `${JSON.stringify(line)}\n`;
  if (text.length * 3 <= MAX_LINE_BYTES || Buffer.byteLength(text) <= MAX_LINE_BYTES) return text;
  throw new TinaError({
    code: 'answer_too_large',
    message: `The answer is larger than ${MAX_LINE_BYTES / 1024 / 1024} MiB.`,
    next: ['ask for less at once, such as fewer events'],
  });
}

function shuttingDown(): TinaError {
  return new TinaError({
    code: 'shutting_down',
    message: 'The daemon is ending.',
    next: ['the same command again'],
  });
}

function readLine(text: string): ClientLine | null {
  try {
    const line = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    if (line === null || typeof line !== 'object' || !Number.isSafeInteger(line['id'])) return null;
    const { id, token } = line;
    if (line['cancel'] === true) return { id, cancel: true } as ClientLine;
    const hasToken = token === undefined || typeof token === 'string';
    return typeof line['call'] === 'string' && hasToken && !('cancel' in line)
      ? (line as unknown as ClientLine)
      : null;
  } catch {
    return null;
  }
}
