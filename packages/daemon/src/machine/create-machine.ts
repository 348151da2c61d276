import { join } from 'node:path';
import type { Machine } from '@tina/contract';
import { sessionName } from '@tina/domain';
import { findLeftovers } from '../cleanup/find-leftovers.ts';
import { removeLeftovers } from '../cleanup/remove-leftovers.ts';
import { commitLog } from '../git/index.ts';
import { pushRemote } from '../git/remotes.ts';
import { openSessions, type Sessions } from '../session/index.ts';
import { branchInTheWay } from './branch-in-the-way.ts';
import { checkAgent } from './check-agent.ts';
import { inspectMachineRepository } from './inspect-machine-repository.ts';
import { readConfigFile } from './read-config-file.ts';

export interface MachineOptions {
  readonly paths: {
    readonly stateDir: string;
    readonly attemptsDir: string;
    readonly checksDir: string;
    /** The user's configuration file. */
    readonly configPath: string;
  };
  /** The daemon's own. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Where a project keeps its configuration. */
const PROJECT_CONFIG = join('.tina', 'config.yaml');

/** More than a person reads. */
const MAX_COMMITS = 1_000;

/** What a person who waits for the answer may ask of the machine. It keeps nothing between two questions. */
export function createMachine({ paths, environment }: MachineOptions): Machine {
  let opened: Promise<Sessions> | null = null;
  const sessions = (): Promise<Sessions> => (opened ??= openSessions({ stateDir: paths.stateDir }));
  return {
    inspectRepository: (request) => inspectMachineRepository(request, { environment }),
    branchExists: async ({ repository, branch }) =>
      (await branchInTheWay({ repository, branch, environment })) !== null,
    hasPushRemote: async (request) => (await pushRemote({ ...request, environment })) !== null,
    async readConfig(repository) {
      const [user, project] = await Promise.all([
        readConfigFile(paths.configPath),
        readConfigFile(join(repository, PROJECT_CONFIG)),
      ]);
      return { user, project };
    },
    checkAgent: (request) => checkAgent(request, environment),
    async attachCommand(attemptId) {
      const name = sessionName(attemptId);
      const open = await sessions();
      return (await open.exists(name)) ? open.attachCommand(name) : null;
    },
    attemptDirectory: (attemptId) => join(paths.attemptsDir, attemptId),
    async listCommits(range) {
      const commits = await commitLog({ ...range, limit: MAX_COMMITS, environment });
      return commits.map(({ time, ...commit }) => ({ ...commit, at: time }));
    },
    findLeftovers: (runs) => findLeftovers(runs, { paths, environment }),
    removeLeftovers: (items, runs) => removeLeftovers(items, runs, { paths, environment }),
  };
}
