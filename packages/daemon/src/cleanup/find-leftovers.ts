import type { CleanupItem, LeftoverQuery } from '@tina/contract';
import { findBranches } from './branch-leftovers.ts';
import { findFiles } from './file-leftovers.ts';
import type { LeftoverOptions } from './leftovers.ts';
import { findWorktrees } from './worktree-leftovers.ts';

/** What these ended runs left on the machine: what it is, how big, and whether `removeLeftovers` removes it or why not. */
export async function findLeftovers(
  runs: readonly LeftoverQuery[],
  options: LeftoverOptions,
): Promise<readonly CleanupItem[]> {
  const found: CleanupItem[] = [];
  // One run after the other: each asks git and the disk a dozen things at once.
  for (const run of runs) {
    const parts = await Promise.all([
      findWorktrees(run, options),
      findBranches(run, options),
      findFiles(run, options),
    ]);
    found.push(...parts.flat());
  }
  return found;
}
