import { type ClientLine, type ErrorData, MAX_LINE_BYTES, type ServerLine, TinaError } from '@tina/contract';
import type { Socket } from 'node:net';
import type { Caller } from './handler.ts';
import { createLineReader } from './line-reader.ts';
import type { SocketServerOptions } from './socket-server.ts';

type Call = Extract<ClientLine, { call: string }>;

/** One client of the socket: its calls under way, and what it is sent. */
export class Connection {
  readonly #socket: Socket;
  readonly #options: SocketServerOptions;
  readonly #calls = new Map<number, AbortController>();

  constructor(socket: Socket, options: SocketServerOptions) {
    this.#socket = socket;
    this.#options = options;
    const reader = createLineReader(MAX_LINE_BYTES, (text) => this.#take(text));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const controller of this.#calls.values()) controller.abort(new Error('the caller went away'));
    });
    socket.on('data', (chunk: Buffer) => {
      if (!reader.push(chunk)) this.#refuse('line_too_long', `A line may have ${MAX_LINE_BYTES} bytes.`);
    });
  }

  #send(line: ServerLine): boolean {
    return !this.#socket.destroyed && this.#socket.write(`${JSON.stringify(line)}\n`);
  }

  /** A client that does not speak the protocol is told so and left. */
  #refuse(code: string, message: string): void {
    this.#send({ id: 0, error: new TinaError({ code, message }).toData() });
    this.#socket.destroySoon();
  }

  #take(text: string): void {
    if (text.trim() === '') return;
    const line = readLine(text);
    if (line === null) this.#refuse('not_a_call', 'A line must be a call as JSON.');
    else if ('cancel' in line) this.#calls.get(line.id)?.abort(new Error('the caller cancelled'));
    else if (this.#calls.has(line.id)) this.#refuse('id_in_use', `Call ${line.id} is under way already.`);
    else void this.#answer(line);
  }

  async #answer(line: Call): Promise<void> {
    const controller = new AbortController();
    this.#calls.set(line.id, controller);
    try {
      const caller = await this.#callerOf(line);
      const context = { caller, signal: controller.signal };
      const result = this.#options.serve(line.call, line.input, context);
      if (result instanceof Promise) this.#send({ id: line.id, result: (await result) ?? null });
      else await this.#stream(line.id, result, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) this.#send({ id: line.id, error: this.#errorData(error) });
    } finally {
      this.#calls.delete(line.id);
    }
  }

  async #callerOf(line: Call): Promise<Caller> {
    const { owner, authenticate } = this.#options;
    const caller = line.token === undefined ? owner : await authenticate(line.token);
    if (caller) return caller;
    throw new TinaError({ code: 'bad_token', message: 'The token is not valid, or not any more.' });
  }

  async #stream(id: number, items: AsyncIterable<unknown>, signal: AbortSignal): Promise<void> {
    for await (const item of items) {
      if (signal.aborted) break;
      // A reader that does not keep up slows its own subscription down, and nothing else.
      if (!this.#send({ id, item }) && !this.#socket.destroyed) await this.#drained();
    }
    this.#send({ id, end: true });
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done);
        this.#socket.off('close', done);
        resolve();
      };
      this.#socket.on('drain', done);
      this.#socket.on('close', done);
    });
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

function readLine(text: string): ClientLine | null {
  try {
    const line = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    if (line === null || typeof line !== 'object' || !Number.isSafeInteger(line['id'])) return null;
    const isCancel = line['cancel'] === true;
    const hasToken = line['token'] === undefined || typeof line['token'] === 'string';
    const isCall = typeof line['call'] === 'string' && hasToken;
    return isCancel || isCall ? (line as unknown as ClientLine) : null;
  } catch {
    return null;
  }
}
