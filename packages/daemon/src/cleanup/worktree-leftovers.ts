import { realpath, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CleanupItem, LeftoverQuery } from '@tina/contract';
import { GitError, listWorktrees, removeWorktree, worktreeSize, type Worktree } from '../git/index.ts';
import type { LeftoverOptions } from './leftovers.ts';

/** Worktrees that a run's end should have removed, wherever the run kept them. */
export async function findWorktrees(
  run: LeftoverQuery,
  options: LeftoverOptions,
): Promise<readonly CleanupItem[]> {
  const worktrees = await worktreesOf(run, options);
  return Promise.all(
    worktrees.map(async ({ path }): Promise<CleanupItem> => {
      const size = await worktreeSize({ ...options, path });
      const why = 'the run has ended, and the work of its attempts is merged or kept under refs';
      return {
        runId: run.runId,
        kind: 'worktree',
        name: path,
        bytes: size?.bytes ?? null,
        action: 'remove',
        why,
      };
    }),
  );
}

/** Removes a worktree that is still one of the run's, and the run's folder when it is empty after that. */
export async function removeRunWorktree(
  path: string,
  run: LeftoverQuery,
  options: LeftoverOptions,
): Promise<void> {
  const isOurs = (await worktreesOf(run, options)).some((worktree) => worktree.path === path);
  if (!isOurs) return;
  const runDirectory = dirname(path);
  await removeWorktree({ ...options, repository: run.repository, root: runDirectory, path });
  await rm(join(options.paths.stateDir, 'setups', run.runId), { recursive: true, force: true });
  await rmdir(runDirectory).catch(() => undefined);
}

/** A run's worktrees are `slot-<n>` in a folder that has the run's whole id for its name. */
async function worktreesOf(run: LeftoverQuery, options: LeftoverOptions): Promise<readonly Worktree[]> {
  try {
    const worktrees = await listWorktrees({ ...options, repository: run.repository });
    const main = await realpath(run.repository);
    return worktrees.filter(
      ({ path }) =>
        path !== main && basename(dirname(path)) === run.runId && /^slot-\d+$/.test(basename(path)),
    );
  } catch (error) {
    // The repository was moved or removed.
    if (error instanceof GitError || (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
