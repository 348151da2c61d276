import { mkdirSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { TinaError, type ProcedureName } from '@tina/contract';

/** What the daemon was asked. */
export interface ReceivedCall {
  readonly name: ProcedureName;
  readonly input: Readonly<Record<string, unknown>>;
  readonly token: string | undefined;
}

/** An answer; an async iterable is a stream of items; a TinaError is refused with; `undefined` is never answered. */
type Answer = (input: never, call: { readonly signal: AbortSignal; readonly socket: Socket }) => unknown;

export type Answers = Partial<Record<ProcedureName, Answer>>;

/** A daemon that answers with what a test says, on a real unix socket. */
export class FakeDaemon {
  readonly calls: ReceivedCall[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answers: Answers;

  constructor(answers: Answers) {
    this.#answers = answers;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(socketPath: string): Promise<this> {
    mkdirSync(dirname(socketPath), { recursive: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socketPath, resolve);
    });
    return this;
  }

  /** The input of the only call of this name. */
  inputOf(name: ProcedureName): Readonly<Record<string, unknown>> {
    const found = this.calls.filter((call) => call.name === name);
    if (found.length !== 1) throw new Error(`${name} was called ${found.length} times`);
    return found[0]?.input ?? {};
  }

  /** Ends every connection without a word, as a killed process does. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.dropConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #serve(socket: Socket): void {
    const streams = new Map<number, AbortController>();
    let rest = '';
    this.#sockets.add(socket);
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      for (const controller of streams.values()) controller.abort();
    });
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#take(JSON.parse(line) as Line, socket, streams);
    });
  }

  #take(line: Line, socket: Socket, streams: Map<number, AbortController>): void {
    if (line.call === undefined) {
      streams.get(line.id)?.abort();
      return;
    }
    const { id, call: name, input = {}, token } = line;
    this.calls.push({ name, input, token });
    const controller = new AbortController();
    streams.set(id, controller);
    const send = (value: object): void => {
      if (!socket.destroyed) socket.write(`${JSON.stringify({ id, ...value })}\n`);
    };
    void this.#answer(name, input, { signal: controller.signal, socket }, send);
  }

  async #answer(
    name: ProcedureName,
    input: unknown,
    call: { readonly signal: AbortSignal; readonly socket: Socket },
    send: (value: object) => void,
  ): Promise<void> {
    const answer = this.#answers[name];
    if (answer === undefined) {
      return send({
        error: new TinaError({ code: 'unknown_call', message: `The test has no ${name}.` }).toData(),
      });
    }
    try {
      const value = await answer(input as never, call);
      if (isStream(value)) {
        for await (const item of value) send({ item });
        send({ end: true });
      } else if (value !== undefined) {
        send({ result: value });
      }
    } catch (error) {
      const known =
        error instanceof TinaError ? error : new TinaError({ code: 'test', message: String(error) });
      send({ error: known.toData() });
    }
  }
}

interface Line {
  readonly id: number;
  readonly call?: ProcedureName;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly token?: string;
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
