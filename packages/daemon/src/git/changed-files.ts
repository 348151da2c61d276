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

/** The paths that differ between two commits, both names of what was renamed. */
export async function diffNames(
  git: Git,
  params: { readonly from: string; readonly to: string; readonly options?: readonly string[] },
): Promise<string[]> {
  const args = [...DIFF_TREE, '--name-only', ...(params.options ?? []), params.from, params.to, '--'];
  return nulList((await git(args)).stdout);
}
