import { connect, type Client } from '@tina/client';
import { UnreachableError } from '@tina/contract';
import type { HomePaths } from '../home/paths.ts';
import { readDaemonVersion } from './daemon-version.ts';

export interface EnsureDaemonOptions {
  readonly paths: HomePaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of this program. */
  readonly version: string;
  readonly warn: (message: string) => void;
  /** What to start a daemon with. Default: this program. */
  readonly program?: readonly string[];
  /** See `StartDaemonOptions`. */
  readonly unlessStopped?: boolean;
  /** See `StartDaemonOptions`. */
  readonly debug?: boolean;
  /** See `StartDaemonOptions`. */
  readonly mcpPort?: number | undefined;
}

/**
 * A connection to the daemon of this home, which is started when none is there.
 *
 * @throws what `connect` and `startDaemon` throw
 */
export async function ensureDaemon(options: EnsureDaemonOptions): Promise<Client> {
  const { paths, env, program, unlessStopped = false, debug = false, mcpPort } = options;
  const client = await connectIfThere({ socketPath: paths.socketPath });
  if (client !== null) {
    warnOfOtherVersion(options);
    return client;
  }
  const { startDaemon } = await import('./start-daemon.ts');
  return startDaemon({
    paths,
    env,
    unlessStopped,
    debug,
    mcpPort,
    ...(program === undefined ? {} : { program }),
  });
}

/** Where the daemon listens, and the token of the agent that calls; without one it is the operator who calls. */
interface Target {
  readonly socketPath: string;
  readonly token?: string;
}

/** A connection to the daemon if there is one. */
export async function connectIfThere({ socketPath, token }: Target): Promise<Client | null> {
  try {
    return await connect({ socketPath, ...(token === undefined ? {} : { token }) });
  } catch (error) {
    if (error instanceof UnreachableError && error.code === 'daemon_absent') return null;
    throw error;
  }
}

/** Read from a file, because every command asks: the daemon need not be bothered. */
function warnOfOtherVersion({ paths, version, warn }: EnsureDaemonOptions): void {
  const running = readDaemonVersion(paths);
  if (running === null || running === version) return;
  warn(
    `the daemon is version ${running}, this program is ${version}; ` +
      'agents go on while you restart it:  tina daemon stop && tina daemon start',
  );
}
