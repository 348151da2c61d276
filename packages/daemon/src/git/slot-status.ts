import { GitError } from './git-error.ts';
import { gitAt, type GitOptions } from './run-git.ts';
import { readStatus, type Status } from './status.ts';

/** What `git status` says of a worktree; null when it is gone, or broken. */
export async function slotStatus(params: { readonly path: string } & GitOptions): Promise<Status | null> {
  try {
    return await readStatus(gitAt(params.path, params), { untracked: 'normal' });
  } catch (error) {
    if (error instanceof GitError && (error.code === 'folder_missing' || error.code === 'git_failed'))
      return null;
    throw error;
  }
}
