import type { ServerLine } from '@tina/contract';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A client of the socket that sends whatever a test wants to. */
export interface LineClient {
  readonly socket: Socket;
  /** Everything received so far. */
  readonly lines: readonly ServerLine[];
  send(...lines: readonly unknown[]): void;
  raw(text: string | Buffer): Promise<void>;
  /** The next lines that were not taken yet. */
  take(count: number): Promise<readonly ServerLine[]>;
  /** Sends one call and waits for what answers it. */
  ask(call: string, input: unknown, token?: string): Promise<ServerLine>;
  closed(): Promise<void>;
}

export async function connectLines(path: string): Promise<LineClient> {
  const socket = createConnection(path);
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  const lines: ServerLine[] = [];
  let taken = 0;
  let lastId = 1_000;
  let rest = '';
  let isClosed = false;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const each of waiting) each();
  };
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  socket.setEncoding('utf8').on('data', (text: string) => {
    const parts = `${rest}${text}`.split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map((line) => JSON.parse(line) as ServerLine));
    wake();
  });

  async function until<Found>(find: () => Found | null): Promise<Found> {
    for (;;) {
      const found = find();
      if (found !== null) return found;
      if (isClosed) throw new Error(`the connection was closed after ${JSON.stringify(lines.slice(taken))}`);
      await new Promise<void>((resolve) => {
        const once = (): void => {
          waiting.delete(once);
          resolve();
        };
        waiting.add(once);
      });
    }
  }

  const client: LineClient = {
    socket,
    lines,
    send(...sent) {
      socket.write(sent.map((line) => `${JSON.stringify(line)}\n`).join(''));
    },
    raw: (text) =>
      new Promise((resolve) => {
        socket.write(text, () => resolve());
      }),
    async take(count) {
      const found = await until(() =>
        lines.length >= taken + count ? lines.slice(taken, taken + count) : null,
      );
      taken += count;
      return found;
    },
    async ask(call, input, token) {
      lastId += 1;
      const id = lastId;
      client.send({ id, call, input, ...(token === undefined ? {} : { token }) });
      return until(() => lines.find((line) => line.id === id) ?? null);
    },
    async closed() {
      if (!isClosed) await new Promise<void>((resolve) => socket.on('close', () => resolve()));
    },
  };
  return client;
}
