import { findAttemptProcesses, isAlive } from '../../process/index.ts';
import type { Sessions } from '../../session/index.ts';
import { readHostIdentity, readLaunch, type AttemptFiles } from './attempt-files.ts';

/** What an earlier try left of an attempt's host. */
export type Remains = 'none' | 'alive' | 'dead';

/** `alive` also while a host that was started has not named itself yet. */
export async function findRemains(parameters: {
  readonly attemptId: string;
  readonly homeId: string;
  readonly session: string;
  readonly files: AttemptFiles;
  readonly sessions: Sessions;
}): Promise<Remains> {
  const { attemptId, homeId, session, files, sessions } = parameters;
  // Written right before the host is started.
  if ((await readLaunch(files)) === null) return 'none';
  const host = await readHostIdentity(files);
  if (host !== null) return (await isAlive(host)) ? 'alive' : 'dead';
  const [hasSession, processes] = await Promise.all([
    sessions.exists(session),
    findAttemptProcesses({ attemptId, homeId }),
  ]);
  if (!hasSession && processes.length === 0) {
    // It may have named itself and ended since.
    return (await readHostIdentity(files)) === null ? 'none' : 'dead';
  }
  return 'alive';
}
