import type { ServerLine } from '@tina/contract';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Connects a client of the socket that sends whatever a test wants to. */
export async function connectLines(path: string): Promise<LineClient> {
  const socket = createConnection(path);
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  return new LineClient(socket);
}

export class LineClient {
  readonly socket: Socket;
  /** Everything received so far. */
  readonly lines: ServerLine[] = [];
  readonly #waiting = new Set<() => void>();
  #rest = '';
  #taken = 0;
  #lastId = 1_000;
  #isClosed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
    socket.setEncoding('utf8').on('data', (text: string) => {
      const parts = `${this.#rest}${text}`.split('\n');
      this.#rest = parts.pop() ?? '';
      this.lines.push(...parts.map((line) => JSON.parse(line) as ServerLine));
      this.#wake();
    });
  }

  send(...lines: readonly unknown[]): void {
    this.socket.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  /** Comes back when the bytes are on their way. */
  raw(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.socket.write(bytes, () => resolve());
    });
  }

  /** The next lines that were not taken yet. */
  async take(count: number): Promise<readonly ServerLine[]> {
    const from = this.#taken;
    this.#taken += count;
    await this.#until(() => this.lines.length >= from + count);
    return this.lines.slice(from, from + count);
  }

  /** Sends one call and waits for what answers it. */
  async ask(call: string, input: unknown, token?: string): Promise<ServerLine | undefined> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.send({ id, call, input, ...(token === undefined ? {} : { token }) });
    await this.#until(() => this.lines.some((line) => line.id === id));
    return this.lines.find((line) => line.id === id);
  }

  async closed(): Promise<void> {
    await this.#until(() => this.#isClosed);
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#isClosed) throw new Error(`the connection was closed after ${JSON.stringify(this.lines)}`);
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
