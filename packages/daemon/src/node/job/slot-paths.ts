import { join } from 'node:path';
import type { RunSettings } from '@tina/contract';
import { slotDirectory } from '@tina/domain';
import type { NodePaths } from '../node-options.ts';

export interface SlotPaths {
  /** The folder that all worktrees are in. */
  readonly root: string;
  readonly runDirectory: string;
  readonly worktree: string;
  /** Says that the set-up command has run in the worktree. */
  readonly setupStamp: string;
}

export function slotPaths(parameters: {
  readonly paths: NodePaths;
  readonly settings: Pick<RunSettings, 'worktreesRoot'>;
  readonly runId: string;
  readonly slot: number;
}): SlotPaths {
  const { paths, settings, runId, slot } = parameters;
  const root = settings.worktreesRoot ?? paths.worktreesDir;
  const runDirectory = join(root, runId);
  return {
    root,
    runDirectory,
    worktree: join(runDirectory, slotDirectory(slot)),
    setupStamp: join(setupDirectory(paths.stateDir, runId), `${slotDirectory(slot)}.json`),
  };
}

/** Where the stamps of a run's slots are. */
export function setupDirectory(stateDir: string, runId: string): string {
  return join(stateDir, 'setups', runId);
}
