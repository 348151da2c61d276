import type { Sessions } from '../../session/index.ts';
import type { systemCommands } from './system-commands.ts';
import type { systemFiles } from './system-files.ts';
import type { systemGit } from './system-git.ts';
import type { systemProcesses } from './system-processes.ts';

/** What a node does with git. */
export type NodeGit = typeof systemGit;

/** What a node does with processes that are not its own. */
export type NodeProcesses = typeof systemProcesses;

/** What a node keeps in files beside git. */
export type NodeFiles = typeof systemFiles;

/** The programs of the user's that a node runs: checks and set-up. */
export type NodeCommands = typeof systemCommands;

/**
 * Everything beyond its own memory and the control plane that a node works with. All of it that can fail, block or be
 * interrupted goes through here, so that the simulation can put a machine of its own in its place.
 */
export interface NodePlatform {
  readonly git: NodeGit;
  readonly processes: NodeProcesses;
  readonly files: NodeFiles;
  readonly commands: NodeCommands;
  /** Throws `SocketPathTooLongError`. */
  openSessions(options: { readonly stateDir: string }): Promise<Sessions>;
}
