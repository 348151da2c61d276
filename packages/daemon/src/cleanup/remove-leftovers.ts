import type { CleanupItem, LeftoverQuery } from '@tina/contract';
import { assertNever } from '@tina/domain';
import { removeBranch, removeRescueRef } from './branch-leftovers.ts';
import { removeAttemptFiles, removeCheckFiles } from './file-leftovers.ts';
import type { LeftoverOptions } from './leftovers.ts';
import { removeRunWorktree } from './worktree-leftovers.ts';

/**
 * Removes the items that are to be removed, each only if it still may be. What is gone already is fine. Answers all of the
 * items; one that could not be removed has become a `keep` that says why.
 */
export async function removeLeftovers(
  items: readonly CleanupItem[],
  runs: readonly LeftoverQuery[],
  options: LeftoverOptions,
): Promise<readonly CleanupItem[]> {
  const runsById = new Map(runs.map((run) => [run.runId, run]));
  const problems = new Map<CleanupItem, string | null>();
  const wanted = items.filter(({ action }) => action === 'remove');
  // Worktrees first: a branch that is checked out cannot be deleted.
  for (const item of wanted.toSorted(
    (a, b) => Number(b.kind === 'worktree') - Number(a.kind === 'worktree'),
  )) {
    const run = runsById.get(item.runId);
    if (run !== undefined) problems.set(item, await problemOfRemoval(item, run, options));
  }
  return items.map((item) => {
    const why = problems.get(item) ?? null;
    return why === null ? item : { ...item, action: 'keep', why };
  });
}

/** One that stays must not keep the others. */
async function problemOfRemoval(
  item: CleanupItem,
  run: LeftoverQuery,
  options: LeftoverOptions,
): Promise<string | null> {
  try {
    await remove(item, run, options);
    return null;
  } catch (error) {
    return `it could not be removed: ${error instanceof Error ? error.message : String(error)}`;
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
