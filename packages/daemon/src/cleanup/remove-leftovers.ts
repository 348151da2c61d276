import type { CleanupItem, LeftoverQuery } from '@tina/contract';
import { assertNever } from '@tina/domain';
import { removeBranch, removeRescueRef } from './branch-leftovers.ts';
import { removeAttemptFiles, removeCheckFiles } from './file-leftovers.ts';
import type { LeftoverOptions } from './leftovers.ts';
import { removeRunWorktree } from './worktree-leftovers.ts';

/** Removes the items that are to be removed, each only if it still may be. What is gone already is fine. */
export async function removeLeftovers(
  items: readonly CleanupItem[],
  runs: readonly LeftoverQuery[],
  options: LeftoverOptions,
): Promise<void> {
  const runsById = new Map(runs.map((run) => [run.runId, run]));
  const wanted = items.filter(({ action }) => action === 'remove');
  // Worktrees first: a branch that is checked out cannot be deleted.
  for (const item of wanted.toSorted(
    (a, b) => Number(b.kind === 'worktree') - Number(a.kind === 'worktree'),
  )) {
    const run = runsById.get(item.runId);
    if (run !== undefined) await remove(item, run, options);
  }
}

async function remove(
  { kind, name }: CleanupItem,
  run: LeftoverQuery,
  options: LeftoverOptions,
): Promise<void> {
  switch (kind) {
    case 'worktree':
      return removeRunWorktree(name, run, options);
    case 'branch':
      return removeBranch(name, run, options);
    case 'attempt-files':
      return removeAttemptFiles(run, options);
    case 'check-files':
      return removeCheckFiles(run, options);
    case 'rescue-ref':
      return removeRescueRef(name, run, options);
    default:
      return assertNever(kind);
  }
}
