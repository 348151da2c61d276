import { openSessions } from '../../session/index.ts';
import type { NodePlatform } from './node-platform.ts';
import { systemCommands } from './system-commands.ts';
import { systemFiles } from './system-files.ts';
import { systemGit } from './system-git.ts';
import { systemProcesses } from './system-processes.ts';

/** The machine itself. */
export const systemPlatform: NodePlatform = {
  git: systemGit,
  processes: systemProcesses,
  files: systemFiles,
  commands: systemCommands,
  openSessions: (options) => openSessions(options),
};
