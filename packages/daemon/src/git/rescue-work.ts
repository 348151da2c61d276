import { basename } from 'node:path';

import { commonGitDirectory, entryOfPath, isHalfMade } from './git-directory.ts';
import { GitError } from './git-error.ts';
import { keepCommits } from './keep-commits.ts';
import { gitAt, type Git, type GitOptions } from './run-git.ts';
import { snapshotTree } from './snapshot-tree.ts';
import { resolveRef } from './update-ref.ts';

export interface RescuedWork {
  readonly commit: string;
  readonly ref: string;
}

/**
 * Keeps an attempt's work under a ref: its commits, those of its branch, and what it left uncommitted (untracked files
 * among it, ignored ones not). The worktree, its index and the stash are left as they are. What the ref kept already
 * stays kept: done again it finds the same, and answers it even when the slot was reset since.
 *
 * Where the folder is gone, the commits are kept that the repository's entry of it and the branch still name.
 * @returns null when there is nothing but `startCommit`, or all of it is in `keptBy`.
 */
export async function rescueWork(
  params: {
    readonly repository: string;
    readonly path: string;
    /** The attempt's branch. */
    readonly branch?: string | undefined;
    readonly startCommit: string;
    /** Commits or refs that keep what they contain: work that is in one of them needs no rescue. */
    readonly keptBy?: readonly string[] | undefined;
    readonly ref: string;
    readonly message: string;
  } & GitOptions,
): Promise<RescuedWork | null> {
  const { ref, startCommit } = params;
  const git = gitAt(params.repository, params);
  const [slot, branchTip] = await Promise.all([
    readSlot(params, git),
    params.branch === undefined ? null : resolveRef(git, `refs/heads/${params.branch}`),
  ]);
  const found = [slot.head, branchTip].filter((commit) => commit !== null);
  const commit = await keepCommits({
    ...params,
    commits: found.length === 0 ? [startCommit] : found,
    tree: slot.tree,
    safe: [startCommit, ...(params.keptBy ?? [])],
  });
  return commit === null ? null : { commit, ref };
}

interface Slot {
  readonly head: string | null;
  /** What stands in the folder, when it is not what HEAD says. */
  readonly tree: string | null;
}

async function readSlot(
  params: { readonly repository: string; readonly path: string } & GitOptions,
  git: Git,
): Promise<Slot> {
  const entry = await entryOfPath(await commonGitDirectory(params), params.path);
  if (entry === null || isHalfMade(entry)) return { head: null, tree: null };
  const head = `worktrees/${basename(entry.directory)}/HEAD`;
  const [commit, headTree, tree] = await Promise.all([
    resolveRef(git, head),
    git(['rev-parse', '--verify', '--quiet', `${head}^{tree}`], { answers: [0, 1] }),
    snapshotIfThere({ ...params, gitDirectory: entry.directory }),
  ]);
  // A change of a file's time alone, or one that was undone, is nothing to keep.
  return { head: commit, tree: tree === headTree.stdout.trim() ? null : tree };
}

async function snapshotIfThere(
  params: { readonly path: string; readonly gitDirectory: string } & GitOptions,
): Promise<string | null> {
  try {
    return await snapshotTree(params);
  } catch (error) {
    if (error instanceof GitError && error.code === 'folder_missing') return null;
    throw error;
  }
}
