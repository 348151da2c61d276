import { mergeTree, ownNames } from './merge-tree.ts';
import { nulList } from './nul-list.ts';
import type { Git } from './run-git.ts';

/** Compares two trees; no setting of the user's and no program of theirs takes part. */
export const DIFF_TREE: readonly string[] = [
  'diff-tree',
  '-r',
  '-z',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=none',
];

/** The paths that differ between two commits or trees, both names of what was renamed. */
export async function diffNames(
  git: Git,
  params: { readonly from: string; readonly to: string; readonly options?: readonly string[] },
): Promise<string[]> {
  const args = [...DIFF_TREE, '--name-only', ...(params.options ?? []), params.from, params.to, '--'];
  return nulList((await git(args)).stdout);
}

/**
 * The paths in which a commit differs from another, both names of what was renamed. Where the commit is a merge of two whole
 * branches, from what git makes of both by itself: what either side did is no change of whoever brought them together.
 */
export async function changedFiles(
  git: Git,
  params: {
    readonly since: string;
    /** The branch that `since` was merged into; nothing where there was no merge. */
    readonly mergedWith?: string | null | undefined;
    readonly to: string;
  },
): Promise<readonly string[]> {
  const { since, mergedWith = null, to } = params;
  if (mergedWith === null) return diffNames(git, { from: since, to });
  const { tree } = await mergeTree(git, mergedWith, since);
  return ownNames(await diffNames(git, { from: tree, to }), [mergedWith, since]);
}
