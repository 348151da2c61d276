import { chmod, rm, stat } from 'node:fs/promises';
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
  /** Lets nobody new in, ends subscriptions, answers the calls that are under way, and leaves whoever does not read. */
  close(): Promise<void>;
}

/** A call takes milliseconds; a client that has not taken its answer by then does not read. */
const CLOSE_WITHIN_MS = 2_000;

/** The socket may be deleted while agents are at work: nobody could ask anything any more. A look costs 20 microseconds. */
const LOOK_EVERY_MS = 2_000;

/**
 * Serves calls on a unix socket that only its owner can open (G30). The caller must hold the daemon's lock: whatever lies
 * at the path is the remains of a daemon that died, or has taken the place of its socket, which is made anew then.
 */
export async function listenOnSocket(options: SocketServerOptions): Promise<SocketServer> {
  const connections = new Map<
    Connection,
    { readonly destroy: () => void; readonly gone: Promise<unknown> }
  >();
  const accept = (socket: Socket): void => {
    const connection = new Connection(socket, options);
    const gone = new Promise((resolve) => {
      socket.once('close', resolve);
    }).then(() => connections.delete(connection));
    connections.set(connection, { destroy: () => socket.destroy(), gone });
  };
  let server = await openSocket(options, accept);
  let looking: Promise<void> = Promise.resolve();
  const look = setInterval(() => {
    looking = looking.then(async () => {
      server = await keepSocket(server, options, accept);
    });
  }, LOOK_EVERY_MS);
  look.unref();
  return {
    async close() {
      clearInterval(look);
      await looking;
      const closed = new Promise<void>((resolve) => {
        server.listener.close(() => resolve());
      });
      const leave = setTimeout(() => {
        for (const { destroy } of connections.values()) destroy();
      }, CLOSE_WITHIN_MS);
      for (const connection of connections.keys()) void connection.close();
      // Those that came by an earlier socket as well.
      await Promise.all([closed, ...[...connections.values()].map(({ gone }) => gone)]);
      clearTimeout(leave);
      await rm(options.path, { force: true });
    },
  };
}

interface OpenSocket {
  readonly listener: Server;
  /** Of the file at the path, as this process made it. */
  readonly inode: number;
}

async function openSocket(
  { path, onError }: SocketServerOptions,
  accept: (socket: Socket) => void,
): Promise<OpenSocket> {
  const listener = createServer(accept);
  await rm(path, { force: true });
  await listen(listener, path);
  listener.on('error', onError);
  return { listener, inode: (await stat(path)).ino };
}

/** Connections stay with the old one, until they end by themselves. */
async function keepSocket(
  server: OpenSocket,
  options: SocketServerOptions,
  accept: (socket: Socket) => void,
): Promise<OpenSocket> {
  const inode = await stat(options.path).then(
    ({ ino }) => ino,
    () => null,
  );
  if (inode === server.inode) return server;
  // Closing removes whatever lies at the path, so it comes first.
  server.listener.close();
  try {
    return await openSocket(options, accept);
  } catch (error) {
    // The folder may be gone as a whole, or its disk be full.
    if (server.inode !== 0) options.onError(error);
    return { listener: server.listener, inode: 0 };
  }
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
