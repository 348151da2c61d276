import type { Sessions } from '../../session/index.ts';
import type { NodePlatform } from '../platform/node-platform.ts';
import type { AttemptFiles } from './attempt-files.ts';

/** What an earlier try left of an attempt's host. */
export type Remains = 'none' | 'alive' | 'dead';

/** `alive` also while a host that was started has not named itself yet. */
export async function findRemains(parameters: {
  readonly attemptId: string;
  readonly homeId: string;
  readonly session: string;
  readonly files: AttemptFiles;
  readonly sessions: Sessions;
  readonly platform: NodePlatform;
}): Promise<Remains> {
  const { attemptId, homeId, session, files, sessions } = parameters;
  const { processes, files: system } = parameters.platform;
  // Written right before the host is started.
  if ((await system.readLaunch(files)) === null) return 'none';
  const host = await system.readHostIdentity(files);
  if (host !== null) return (await processes.isAlive(host)) ? 'alive' : 'dead';
  const [hasSession, found] = await Promise.all([
    sessions.exists(session),
    processes.findAttemptProcesses({ attemptId, homeId }),
  ]);
  if (!hasSession && found.length === 0) {
    // It may have named itself and ended since.
    return (await system.readHostIdentity(files)) === null ? 'none' : 'dead';
  }
  return 'alive';
}
