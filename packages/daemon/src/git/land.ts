import type { LandResult } from '@tina/domain';

import { finishMove, moveCheckout, obstaclesTo } from './checkout.ts';
import { branchMissing, GitStateError } from './git-state-error.ts';
import { isAncestor } from './is-ancestor.ts';
import { listWorktrees } from './list-worktrees.ts';
import { gitAt, type GitOptions } from './run-git.ts';
import { resolveRef, updateRef } from './update-ref.ts';

interface Landing extends GitOptions {
  readonly repository: string;
  /** The run's branch, for the reflog. */
  readonly branch: string;
  readonly baseBranch: string;
  /** The base's commit that the checked tip contains. */
  readonly expectedBase: string;
  readonly tip: string;
}

/**
 * Moves the base branch from `expectedBase` to the tip by compare-and-swap. Where the base is checked out, that checkout
 * must be clean and follows; otherwise nothing moves. Done again, it finds the base moved and finishes a checkout that
 * had not followed yet, as long as nothing else was changed in it; one that was is left as it is, and `checkout` is `none`,
 * as it is when the base went on from there.
 * @throws GitStateError `branch_missing`, `not_a_descendant`, `checkout_locked`.
 */
export async function land(params: Landing): Promise<LandResult> {
  const { baseBranch, expectedBase, tip } = params;
  const git = gitAt(params.repository, params);
  const [base, worktrees] = await Promise.all([
    resolveRef(git, `refs/heads/${baseBranch}`),
    listWorktrees(params),
  ]);
  if (base === null) throw branchMissing(baseBranch, expectedBase);
  const checkouts = worktrees
    .filter((worktree) => worktree.branch === baseBranch && worktree.prunable === null)
    .map((worktree) => worktree.path);
  if (base === tip) return finishLanding(params, checkouts);
  if (base !== expectedBase) {
    // It landed before, and someone went on from there.
    if (!(await isAncestor(git, tip, base))) return { kind: 'base-moved', baseCommit: base };
    // Whether a checkout followed cannot be told from what stands there now.
    return { kind: 'landed', commit: tip, checkout: 'none' };
  }
  if (!(await isAncestor(git, expectedBase, tip))) {
    throw new GitStateError({
      code: 'not_a_descendant',
      subject: tip,
      message: `${tip} does not contain ${expectedBase}, where ${baseBranch} stands, so ${baseBranch} cannot be moved to it.`,
      next: [`git merge-base ${expectedBase} ${tip}`],
    });
  }
  return moveBase(params, checkouts);
}

async function moveBase(params: Landing, checkouts: readonly string[]): Promise<LandResult> {
  const { expectedBase, tip } = params;
  const moveOf = (path: string) => ({ ...params, path, from: expectedBase, to: tip });
  for (const path of checkouts) {
    const files = await obstaclesTo(moveOf(path));
    if (files.length > 0) return { kind: 'checkout-dirty', path, files };
  }
  const ref = `refs/heads/${params.baseBranch}`;
  // From within the checkout, so that its HEAD's reflog tells of the move as well.
  const repository = checkouts[0] ?? params.repository;
  const result = await updateRef({
    ...params,
    repository,
    ref,
    from: expectedBase,
    to: tip,
    message: `tina: land ${params.branch}`,
  });
  if (result.kind === 'moved') {
    if (result.commit === null) throw branchMissing(params.baseBranch, expectedBase);
    return { kind: 'base-moved', baseCommit: result.commit };
  }
  const moved: string[] = [];
  for (const path of checkouts) {
    const files = await moveCheckout(moveOf(path));
    if (files.length > 0) {
      // Someone wrote to it since it was looked at: all goes back.
      await updateRef({
        ...params,
        repository,
        ref,
        from: tip,
        to: expectedBase,
        message: `tina: land ${params.branch} undone`,
      });
      for (const done of moved) await moveCheckout({ ...params, path: done, from: tip, to: expectedBase });
      return { kind: 'checkout-dirty', path, files };
    }
    moved.push(path);
  }
  return { kind: 'landed', commit: tip, checkout: checkouts.length > 0 ? 'updated' : 'none' };
}

async function finishLanding(params: Landing, checkouts: readonly string[]): Promise<LandResult> {
  const finished: boolean[] = [];
  for (const path of checkouts) {
    finished.push(await finishMove({ ...params, path, from: params.expectedBase, to: params.tip }));
  }
  const isUpdated = checkouts.length > 0 && finished.every(Boolean);
  return { kind: 'landed', commit: params.tip, checkout: isUpdated ? 'updated' : 'none' };
}
