import { listWorktrees } from './list-worktrees.ts';
import { keepCommits } from './keep-commits.ts';
import type { GitOptions } from './run-git.ts';
import { readRef, updateRef } from './update-ref.ts';

export type DeleteBranchResult =
  | { readonly kind: 'deleted' | 'absent' }
  /** It holds another commit than expected, and was left. */
  | { readonly kind: 'moved'; readonly commit: string }
  /** It is checked out, and was left. */
  | { readonly kind: 'checked-out'; readonly path: string };

/** Deletes a branch by compare-and-swap, unless it is checked out somewhere. */
export async function deleteBranch(
  params: { readonly repository: string; readonly branch: string; readonly expected: string } & GitOptions,
): Promise<DeleteBranchResult> {
  const { branch, expected } = params;
  const ref = `refs/heads/${branch}`;
  const [worktrees, commit] = await Promise.all([listWorktrees(params), readRef({ ...params, ref })]);
  if (commit === null) return { kind: 'absent' };
  if (commit !== expected) return { kind: 'moved', commit };
  const checkout = worktrees.find((worktree) => worktree.branch === branch && worktree.prunable === null);
  if (checkout !== undefined) return { kind: 'checked-out', path: checkout.path };
  const result = await updateRef({ ...params, ref, from: expected, to: null, message: 'tina: delete' });
  return result.kind === 'moved' && result.commit !== null
    ? { kind: 'moved', commit: result.commit }
    : { kind: 'deleted' };
}

export interface MovedToRescue {
  /** What the ref keeps; null when there was neither branch nor ref. */
  readonly commit: string | null;
  readonly deletion: DeleteBranchResult;
}

/**
 * Keeps a branch's commits under a ref and deletes the branch. What the ref kept already stays kept. Done again, it
 * finds the branch gone.
 */
export async function moveToRescue(
  params: { readonly repository: string; readonly branch: string; readonly ref: string } & GitOptions,
): Promise<MovedToRescue> {
  const tip = await readRef({ ...params, ref: `refs/heads/${params.branch}` });
  if (tip === null) return { commit: await readRef(params), deletion: { kind: 'absent' } };
  const commit = await keepCommits({ ...params, commits: [tip], message: `Kept from ${params.branch}` });
  return { commit, deletion: await deleteBranch({ ...params, expected: tip }) };
}
