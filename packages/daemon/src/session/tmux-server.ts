import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { SessionServerError, SocketPathTooLongError } from './session-errors.ts';

const run = promisify(execFile);

/** macOS has room for 104 bytes, Linux for 108; tmux needs `.lock` behind it. */
const MAX_SOCKET_PATH_BYTES = 100;
/** tmux answers in milliseconds; a server that hangs must not hang the daemon. */
export const ANSWER_LIMIT_MS = 10_000;
/** Without a locale tmux refuses to start on some systems; HOME is for `~` in what a person types there. */
const KEPT_VARIABLES = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'LC_CTYPE'];

/** A server that ends takes its socket along within milliseconds. */
const CONNECT_TRIES = 5;
const CONNECT_PAUSE_MS = 20;

export interface TmuxServer {
  readonly tmux: string;
  readonly socketPath: string;
  readonly answerLimitMs: number;
}

export type TmuxAnswer =
  | { readonly kind: 'done'; readonly output: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Throws when the operating system could not bind a socket there. */
export function assertSocketPath(socketPath: string): void {
  if (Buffer.byteLength(socketPath) > MAX_SOCKET_PATH_BYTES) {
    throw new SocketPathTooLongError(socketPath, MAX_SOCKET_PATH_BYTES);
  }
}

/**
 * Gives one command line to the server of this socket, nothing of the user's tmux: no configuration file, no TMUX in the
 * environment. A command that starts a server gives it this environment and folder for life.
 */
export async function askTmux(server: TmuxServer, args: readonly string[]): Promise<TmuxAnswer> {
  const { tmux, socketPath, answerLimitMs } = server;
  try {
    const { stdout } = await run(tmux, ['-S', socketPath, '-f', '/dev/null', ...args], {
      cwd: '/',
      env: serverEnvironment(),
      timeout: answerLimitMs,
      killSignal: 'SIGKILL',
    });
    return { kind: 'done', output: stdout };
  } catch (error) {
    const exited = error instanceof Error && 'code' in error && typeof error.code === 'number';
    if (!exited) throw new SessionServerError(socketPath, 'it does not answer', error);
    const reason = 'stderr' in error ? String(error.stderr).trim() : '';
    return { kind: 'refused', reason: reason === '' ? 'no reason given' : reason };
  }
}

function serverEnvironment(): Record<string, string> {
  const kept = KEPT_VARIABLES.map((name) => [name, process.env[name]] as const);
  const given = kept.filter((pair): pair is readonly [string, string] => pair[1] !== undefined);
  return { ...Object.fromEntries(given), SHELL: '/bin/sh' };
}

/**
 * Whether a server listens. False when there is no socket, or one that a killed server has left behind. A server that ends
 * while it is asked resets the connection, which says nothing yet: it is asked again. Throws when that cannot be told.
 */
export async function isListening(socketPath: string): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const problem = await tryToConnect(socketPath);
    if (problem === null) return true;
    if (problem.code === 'ENOENT' || problem.code === 'ECONNREFUSED') return false;
    if (problem.code !== 'ECONNRESET' || attempt === CONNECT_TRIES) {
      throw new SessionServerError(socketPath, 'its socket cannot be reached', problem);
    }
    await delay(CONNECT_PAUSE_MS);
  }
}

/** What kept a connection from being made; null when one was. */
function tryToConnect(socketPath: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(null);
    });
    socket.once('error', resolve);
  });
}
