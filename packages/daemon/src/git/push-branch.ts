import { GitError } from './git-error.ts';
import { withoutCredentials } from './remotes.ts';
import { gitAt, type GitOptions } from './run-git.ts';

export type PushResult =
  | { readonly kind: 'pushed'; readonly output: string }
  /** The remote refused, could not be reached, or a hook of the user's said no. `output` is what git said. */
  | { readonly kind: 'failed'; readonly output: string };

/**
 * Pushes one branch to the branch of the same name, never by force, and without making it the upstream (that would write
 * configuration). The user's push hooks run, since Git LFS sends its files in one. git never asks for a password: what
 * it cannot log in to fails. Done again, it finds the branch there.
 */
export async function pushBranch(
  params: { readonly repository: string; readonly remote: string; readonly branch: string } & GitOptions,
): Promise<PushResult> {
  const git = gitAt(params.repository, params);
  const ref = `refs/heads/${params.branch}`;
  const options = ['--no-follow-tags', '--recurse-submodules=no', '--no-progress'];
  try {
    const { stdout, stderr } = await git(['push', ...options, '--', params.remote, `${ref}:${ref}`], {
      remote: true,
    });
    return { kind: 'pushed', output: withoutCredentials(stdout + stderr) };
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'git_failed') throw error;
    return { kind: 'failed', output: withoutCredentials(error.stderr.trim()) };
  }
}
