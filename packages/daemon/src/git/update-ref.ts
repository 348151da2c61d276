import { commonGitDirectory } from './git-directory.ts';
import { GitError } from './git-error.ts';
import { gitAt, type Git, type GitOptions } from './run-git.ts';
import { removeStaleRefLock } from './stale-locks.ts';

export type UpdateRefResult =
  | { readonly kind: 'updated' }
  /** It held another value than expected, and still does. */
  | { readonly kind: 'moved'; readonly commit: string | null };

/**
 * Moves a ref by compare-and-swap. `from` and `to` are commits; null stands for a ref that does not exist. Done again it
 * finds the ref where it is to be. A lock that a dead process left on one of Tina's own refs is removed.
 */
export async function updateRef(
  params: {
    readonly repository: string;
    readonly ref: string;
    readonly from: string | null;
    readonly to: string | null;
    /** For the reflog. */
    readonly message: string;
  } & GitOptions,
): Promise<UpdateRefResult> {
  const { ref, from, to } = params;
  if (from === null && to === null) throw new TypeError('A ref that is not there cannot be deleted.');
  const git = gitAt(params.repository, params);
  // An empty old value means that the ref must not exist, whatever the length of object names.
  const args =
    to === null
      ? ['update-ref', '--no-deref', '-m', params.message, '-d', ref, from ?? '']
      : ['update-ref', '--no-deref', '-m', params.message, ref, to, from ?? ''];
  for (let isRetry = false; ; isRetry = true) {
    try {
      await git(args);
      return { kind: 'updated' };
    } catch (error) {
      if (!(error instanceof GitError) || error.code !== 'git_failed') throw error;
      const commit = await resolveRef(git, ref);
      if (commit === to) return { kind: 'updated' };
      if (commit !== from) return { kind: 'moved', commit };
      const gitDirectory = await commonGitDirectory(params);
      if (isRetry || !(await removeStaleRefLock({ gitDirectory, ref, signal: params.signal }))) throw error;
    }
  }
}

/** The commit a ref points at, or null when there is no such ref. */
export async function readRef(
  params: { readonly repository: string; readonly ref: string } & GitOptions,
): Promise<string | null> {
  return resolveRef(gitAt(params.repository, params), params.ref);
}

/** The commit an expression names, or null when it names none. */
export async function resolveRef(git: Git, ref: string): Promise<string | null> {
  const { exitCode, stdout } = await git(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
    { answers: [0, 1] },
  );
  return exitCode === 0 ? stdout.trim() : null;
}
