import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { amongWorktrees } from './among-worktrees.ts';
import { commonGitDirectory, gitDirectoryOfSlot, linkedGitDirectory } from './git-directory.ts';
import { GitError } from './git-error.ts';
import { GitStateError } from './git-state-error.ts';
import { listWorktrees } from './list-worktrees.ts';
import { gitAt, type Git, type GitOptions } from './run-git.ts';
import { shellQuote } from './shell-quote.ts';
import { removeStaleRefLock, removeStaleWorktreeLocks } from './stale-locks.ts';
import { resolveRef } from './update-ref.ts';

/** What an interrupted merge, rebase, cherry-pick, revert, bisect or rescue leaves in a worktree's git directory. */
const LEFTOVERS =
  /^(?:MERGE_.+|AUTO_MERGE|SQUASH_MSG|CHERRY_PICK_HEAD|REVERT_HEAD|REBASE_HEAD|BISECT_.+|rebase-merge|rebase-apply|sequencer|tina-rescue-.+)$/;

/** Refs of one worktree alone, such as those of a bisection. */
const LEFTOVER_REFS = ['refs/bisect', 'refs/rewritten', 'refs/worktree'];

/**
 * Brings a slot to a commit: tracked files as they are there, untracked ones removed, ignored ones (installed packages,
 * `.env`) kept, nothing half done. With a branch, the branch is created or moved to the commit and checked out; without,
 * HEAD is detached. What stood in the slot is gone: rescue it first. No other process may work in the slot.
 * @throws GitStateError `not_a_worktree`, `branch_checked_out`, `commit_missing`, `worktree_busy`.
 */
export async function resetWorktree(
  params: {
    readonly path: string;
    readonly commit: string;
    readonly branch: string | null;
    readonly busyWaitMs?: number | undefined;
  } & GitOptions,
): Promise<void> {
  const { path, branch } = params;
  const gitDirectory = await gitDirectoryOfSlot(path);
  await removeStaleWorktreeLocks({ ...params, gitDirectory });
  await removeLeftovers(gitDirectory);

  const git = gitAt(path, params);
  const checkOut = (...target: readonly string[]): Promise<unknown> =>
    amongWorktrees(git, ['checkout', '-q', '-f', ...target, params.commit, '--'], params);
  try {
    // Mostly the branch is new. Then nobody can have it checked out, and git need not be asked who has.
    await (branch === null ? checkOut('--detach') : checkOut('--no-track', '-b', branch));
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'git_failed') throw error;
    if (branch !== null) await refuseIfCheckedOut({ ...params, branch, gitDirectory });
    await checkOutAgain({ ...params, git, gitDirectory }, () =>
      branch === null ? checkOut('--detach') : checkOut('--no-track', '-B', branch),
    );
  }
  // Forced twice: a repository that was cloned into the slot is untracked content as well.
  await git(['clean', '-q', '-ffd']);
}

/** Once as it is, and once more after what a dead machine leaves behind has been mended. */
async function checkOutAgain(
  params: Parameters<typeof repair>[0],
  checkOut: () => Promise<unknown>,
): Promise<void> {
  try {
    await checkOut();
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'git_failed') throw error;
    await repair(params);
    await checkOut();
  }
}

/** Points HEAD at its commit instead of its branch, so that the branch can be deleted. Files and index stay. */
export async function detachWorktree(params: { readonly path: string } & GitOptions): Promise<void> {
  await gitDirectoryOfSlot(params.path);
  const git = gitAt(params.path, params);
  const commit = await resolveRef(git, 'HEAD');
  if (commit !== null) await git(['update-ref', '--no-deref', '-m', 'tina: detach', 'HEAD', commit]);
}

/** Undoes what can be wrong after a machine died: a lock beside the branch, a torn index. */
async function repair(
  params: Parameters<typeof resetWorktree>[0] & { readonly git: Git; readonly gitDirectory: string },
): Promise<void> {
  if ((await resolveRef(params.git, params.commit)) === null) {
    throw new GitStateError({
      code: 'commit_missing',
      subject: params.commit,
      message: `Commit ${params.commit} is not in the repository, so ${params.path} cannot be set to it.`,
      next: [`git -C ${shellQuote(params.path)} fsck`],
    });
  }
  if (params.branch !== null) {
    const ref = `refs/heads/${params.branch}`;
    const gitDirectory = await commonGitDirectory({ ...params, repository: params.path });
    await removeStaleRefLock({ gitDirectory, ref, signal: params.signal });
  }
  // git writes all files anew when there is no index.
  await rm(join(params.gitDirectory, 'index'), { force: true });
}

async function refuseIfCheckedOut(
  params: { readonly path: string; readonly branch: string; readonly gitDirectory: string } & GitOptions,
): Promise<void> {
  const worktrees = await listWorktrees({ ...params, repository: params.path });
  for (const worktree of worktrees) {
    if (worktree.branch !== params.branch || worktree.prunable !== null) continue;
    if ((await linkedGitDirectory(worktree.path)) === params.gitDirectory) continue;
    throw new GitStateError({
      code: 'branch_checked_out',
      subject: params.branch,
      message: `Branch ${params.branch} is checked out in ${worktree.path}, so it cannot be used in ${params.path}.`,
      next: [`git -C ${shellQuote(worktree.path)} switch --detach`],
    });
  }
}

async function removeLeftovers(gitDirectory: string): Promise<void> {
  const names = (await readdir(gitDirectory)).filter((name) => LEFTOVERS.test(name));
  const paths = [...names, ...LEFTOVER_REFS].map((name) => join(gitDirectory, name));
  await Promise.all(paths.map((path) => rm(path, { recursive: true, force: true })));
}
