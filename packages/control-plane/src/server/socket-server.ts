import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
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
  close(): Promise<void>;
}

/**
 * Serves calls on a unix socket that only its owner can open (G30). The caller must hold the daemon's lock: whatever lies
 * at the path is the remains of a daemon that died.
 */
export async function listenOnSocket(options: SocketServerOptions): Promise<SocketServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    new Connection(socket, options);
  });
  await rm(options.path, { force: true });
  await listen(server, options.path);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const socket of sockets) socket.destroySoon();
      await closed;
      await rm(options.path, { force: true });
    },
  };
}

async function listen(server: Server, path: string): Promise<void> {
  // Nobody else may open the socket in the moment before its mode is set.
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => resolve());
    });
  } finally {
    process.umask(before);
  }
  await chmod(path, 0o600);
}
