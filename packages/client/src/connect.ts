import { createConnection, type Socket } from 'node:net';
import { TinaError, UnreachableError } from '@tina/contract';
import type { Client } from './client.ts';
import { SocketClient } from './socket-client.ts';

export interface ConnectOptions {
  /** The daemon's unix socket; it must belong to the user who connects. */
  readonly socketPath: string;
  /** Says who calls, where the owner of the socket is not enough: an agent's or a host's secret. */
  readonly token?: string;
  /** How long to wait for the connection. Default: 5 seconds; a local socket answers in less than a millisecond. */
  readonly timeoutMs?: number;
}

/**
 * Connects to the daemon.
 *
 * @throws UnreachableError with code `daemon_absent` (no socket, or nobody listens), `socket_forbidden`, `timeout` or
 * `unreachable`; TinaError with code `socket_owner` when the socket is another user's.
 */
export async function connect(options: ConnectOptions): Promise<Client> {
  refuseStrangersSocket(options.socketPath);
  const socket = await open(options);
  return new SocketClient(socket, options.token ?? null);
}

function refuseStrangersSocket(socketPath: string): void {
  // Not an import: that sets up all of Node's file streams, which costs every command a millisecond.
  const { statSync } = process.getBuiltinModule('node:fs');
  const uid = process.getuid?.();
  try {
    const { uid: owner } = statSync(socketPath);
    if (uid === undefined || owner === uid) return;
    throw new TinaError({
      code: 'socket_owner',
      message: `The socket belongs to another user (uid ${owner}; you are ${uid}), so it was not used.`,
      place: { file: socketPath },
      next: ['TINA_HOME=<a folder of yours> tina ...', `ls -l ${socketPath}`],
    });
  } catch (error) {
    throw error instanceof TinaError ? error : unreachable(error as NodeJS.ErrnoException, socketPath);
  }
}

function open({ socketPath, timeoutMs = 5_000 }: ConnectOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(socketPath);
    const onTimeout = (): void => {
      socket.destroy();
      reject(unreachable({ code: 'ETIMEDOUT', message: 'no connection in time' }, socketPath));
    };
    const timer = setTimeout(onTimeout, timeoutMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(unreachable(error, socketPath));
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

const CODES: Readonly<Record<string, string>> = {
  ENOENT: 'daemon_absent',
  // Left over from a daemon that was killed, or no socket at all.
  ECONNREFUSED: 'daemon_absent',
  ENOTSOCK: 'daemon_absent',
  // A file where the home's folders should be: whoever starts a daemon says so.
  ENOTDIR: 'daemon_absent',
  EACCES: 'socket_forbidden',
  EPERM: 'socket_forbidden',
  ETIMEDOUT: 'timeout',
};

function unreachable(
  error: Pick<NodeJS.ErrnoException, 'code' | 'message'>,
  socketPath: string,
): UnreachableError {
  const code = CODES[error.code ?? ''] ?? 'unreachable';
  return new UnreachableError({
    code,
    message:
      code === 'daemon_absent'
        ? 'No daemon listens on the socket.'
        : `The daemon's socket cannot be reached: ${error.message}.`,
    place: { file: socketPath },
    next: code === 'daemon_absent' ? ['tina daemon start'] : [`ls -l ${socketPath}`, 'tina daemon status'],
    cause: error,
  });
}
