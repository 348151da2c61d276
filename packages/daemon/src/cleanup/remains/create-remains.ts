import type { Remains } from '@tina/contract';
import { openSessions, type Sessions } from '../../session/index.ts';
import { listFolders } from './list-folders.ts';
import { listProcesses } from './list-processes.ts';
import { listOfRepositories } from './list-of-repositories.ts';
import { listSessions } from './list-sessions.ts';
import type { RemainsOptions } from './remains-options.ts';
import { removeRemain } from './remove-remain.ts';

/** What of runs and attempts is on this machine, under one home. It keeps nothing between two questions. */
export function createRemains(options: RemainsOptions): Remains {
  let opened: Promise<Sessions> | null = null;
  const sessions = (): Promise<Sessions> => (opened ??= openSessions({ stateDir: options.paths.stateDir }));
  return {
    async list(runs) {
      const parts = await Promise.all([
        listFolders(options),
        listSessions(await sessions(), runs, options),
        listOfRepositories(runs, options),
        listProcesses(options),
      ]);
      // A worktree under this home is found by its folder and by its repository, which says more.
      const remains = new Map(parts.flat().map((remain) => [`${remain.kind} ${remain.name}`, remain]));
      return [...remains.values()];
    },
    remove: async (remain) => removeRemain(remain, { sessions: await sessions(), homeId: options.homeId }),
  };
}
