import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { Connection } from './connection.ts';
import type { CallContext, Caller } from './handler.ts';

export type ServeCall = (
  name: string,
  input: unknown,
  context: CallContext,
) => Promise<unknown> | AsyncIterable<unknown>;

export interface SocketServerOptions {
  readonly path: string;
  readonly serve: ServeCall;
  /** Who a connection without a token is. */
  readonly owner: Caller;
  readonly authenticate: (token: string) => Promise<Caller | null>;
  /** Told of errors that are nobody's mistake but ours. */
  readonly onError: (error: unknown) => void;
}

export interface SocketServer {
  /** Lets nobody new in, ends subscriptions, answers the calls that are under way, and leaves whoever does not read. */
  close(): Promise<void>;
}

/** A call takes milliseconds; a client that has not taken its answer by then does not read. */
const CLOSE_WITHIN_MS = 2_000;

/**
 * Serves calls on a unix socket that only its owner can open (G30). The caller must hold the daemon's lock: whatever lies
 * at the path is the remains of a daemon that died.
 */
export async function listenOnSocket(options: SocketServerOptions): Promise<SocketServer> {
  const connections = new Map<Connection, () => void>();
  const server = createServer((socket) => {
    const connection = new Connection(socket, options);
    connections.set(connection, () => socket.destroy());
    socket.on('close', () => connections.delete(connection));
  });
  await rm(options.path, { force: true });
  await listen(server, options.path);
  server.on('error', options.onError);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      const leave = setTimeout(() => {
        for (const destroy of connections.values()) destroy();
      }, CLOSE_WITHIN_MS);
      for (const connection of connections.keys()) void connection.close();
      await closed;
      clearTimeout(leave);
      await rm(options.path, { force: true });
    },
  };
}

async function listen(server: Server, path: string): Promise<void> {
  // Nobody else may open the socket in the moment before its mode is set. It is made before listen() comes back, so that
  // nothing else that this process makes gets this mask.
  const before = process.umask(0o177);
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  process.umask(before);
  await listening;
  await chmod(path, 0o600);
}
