import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Client } from '@tina/client';
import { TinaError, UnreachableError } from '@tina/contract';
import { openHome } from '../home/open-home.ts';
import type { HomePaths } from '../home/paths.ts';
import { openDaemonLog, type DaemonLog } from './daemon-log.ts';
import { DAEMON_ALREADY_RUNNING } from './exit-code.ts';
import { thisProgram } from './program.ts';
import { isMarkedStopped } from './stopped-mark.ts';

/** A start takes a third of a second; a store that must be recovered first takes longer. */
const START_TIMEOUT_MS = 15_000;
const POLL_MS = 10;
/** While another process holds the lock, the next try comes after this, then after twice as long, up to the second. */
const RELAUNCH_MS = 200;
const MAX_RELAUNCH_MS = 1_000;

/** What belongs to one attempt or one agent: a daemon that had it would die with the attempt that started it. */
const PRIVATE_TO_ATTEMPTS = ['TINA_ATTEMPT', 'TINA_TOKEN', 'TINA_SOCKET', 'TINA_HOME_ID'];

export interface StartDaemonOptions {
  readonly paths: HomePaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The program and its arguments; `daemon run` is added. Default: this program. */
  readonly program?: readonly string[];
  readonly timeoutMs?: number;
  /** Throws `daemon_stays_stopped` when the daemon is stopped on purpose, also while it comes up. */
  readonly unlessStopped?: boolean;
  /** Its debug port answers. */
  readonly debug?: boolean;
  /** Where it serves the agents' tools over HTTP. */
  readonly mcpPort?: number | undefined;
}

/**
 * Starts a daemon that outlives this process and waits until one answers. Two that do it at once get the same daemon: the
 * second child finds the lock held and ends.
 *
 * @throws TinaError `daemon_died` with the end of its log, `daemon_silent` or `daemon_stays_stopped`; those of `openHome`
 */
export async function startDaemon(options: StartDaemonOptions): Promise<Client> {
  const { paths, timeoutMs = START_TIMEOUT_MS } = options;
  openHome(paths);
  const log = openDaemonLog(paths.logsDir);
  try {
    let relaunchMs = RELAUNCH_MS;
    let relaunchAt: number | null = null;
    let daemon = watch(launch(options, log.descriptor));
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      const client = await tryConnect(paths.socketPath, deadline);
      if (client !== null) return client;
      const end = daemon.end();
      if (end === DAEMON_ALREADY_RUNNING) {
        // The holder of the lock is about to answer, or about to end: then nobody would come after it.
        relaunchAt ??= performance.now() + relaunchMs;
        if (performance.now() >= relaunchAt) {
          daemon = watch(launch(options, log.descriptor));
          relaunchMs = Math.min(relaunchMs * 2, MAX_RELAUNCH_MS);
          relaunchAt = performance.now() + relaunchMs;
        }
      } else if (end !== null) {
        throw end === 0 && options.unlessStopped && isMarkedStopped(paths) ? staysStopped() : died(log, end);
      }
      await sleep(POLL_MS);
    }
    throw silent(log, relaunchAt !== null, timeoutMs, paths);
  } finally {
    log.close();
  }
}

function launch(
  { paths, env, program = thisProgram(), unlessStopped = false, debug = false, mcpPort }: StartDaemonOptions,
  descriptor: number,
): ChildProcess {
  const [command = process.execPath, ...args] = program;
  const inherited = Object.entries(env).filter(([name]) => !PRIVATE_TO_ATTEMPTS.includes(name));
  const flags = [
    ...(unlessStopped ? ['--unless-stopped'] : []),
    ...(debug ? ['--debug'] : []),
    ...(mcpPort === undefined ? [] : ['--mcp-port', String(mcpPort)]),
  ];
  return spawn(command, [...args, 'daemon', 'run', ...flags], {
    detached: true,
    stdio: ['ignore', descriptor, descriptor],
    // Not the caller's folder, which could then not be unmounted or removed.
    cwd: paths.stateDir,
    env: {
      ...Object.fromEntries(inherited),
      // A relative TINA_HOME would mean another folder there.
      ...(paths.root === null ? {} : { TINA_HOME: paths.root }),
    },
  });
}

/** How the child ended: its exit code, a signal or a reason; null while it runs. */
function watch(child: ChildProcess): { readonly end: () => number | string | null } {
  let end: number | string | null = null;
  child.once('exit', (code, signal) => {
    end = code ?? signal;
  });
  child.once('error', (error) => {
    end = error.message;
  });
  child.unref();
  return { end: () => end };
}

async function tryConnect(socketPath: string, deadline: number): Promise<Client | null> {
  try {
    const client = await connect({ socketPath });
    try {
      await client.call('daemon.status', {}, { timeoutMs: Math.max(1, deadline - performance.now()) });
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof UnreachableError && error.code !== 'socket_forbidden') return null;
    throw error;
  }
}

function staysStopped(): TinaError {
  return new TinaError({
    code: 'daemon_stays_stopped',
    message: 'The daemon was stopped on purpose, and stays so.',
    next: ['tina daemon start'],
  });
}

function died(log: DaemonLog, end: number | string): TinaError {
  const how = typeof end === 'number' ? `exit code ${end}` : end;
  return new TinaError({
    code: 'daemon_died',
    message: `The daemon was started and ended at once (${how}).`,
    place: { file: log.path },
    details: log.tail(),
    next: ['tina doctor', `tail ${log.path}`],
  });
}

function silent(log: DaemonLog, lockHeld: boolean, timeoutMs: number, paths: HomePaths): TinaError {
  return new TinaError({
    code: 'daemon_silent',
    message: lockHeld
      ? `Another process holds the daemon's lock, and no daemon answered within ${timeoutMs / 1000} s.`
      : `The daemon was started and did not answer within ${timeoutMs / 1000} s.`,
    place: { file: lockHeld ? paths.lockPath : log.path },
    details: log.tail(),
    next: [lockHeld ? `cat ${paths.lockPath}` : `tail -f ${log.path}`, 'tina daemon status'],
  });
}
