import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { gitDirectoryOfSlot } from './git-directory.ts';
import { GitError } from './git-error.ts';
import { identityEnvironment, readIdentity, TINA_IDENTITY } from './git-identity.ts';
import { GitStateError } from './git-state-error.ts';
import { nulList } from './nul-list.ts';
import { gitAt, type GitOptions } from './run-git.ts';
import { shellQuote } from './shell-quote.ts';

export interface BegunMerge {
  /** Whether there was nothing to merge, so that no merge is under way. */
  readonly isUpToDate: boolean;
  /** Files with a conflict, left in place for whoever resolves it. */
  readonly conflicts: readonly string[];
}

/**
 * Merges a commit into what is checked out in a slot and stops before the commit, conflicts left in place. The message
 * is prepared for the commit that concludes it. Done again, it finds the merge under way. The slot must be clean.
 * @throws GitStateError `not_a_worktree`, `merge_in_progress` when the slot is in the middle of another merge.
 */
export async function beginMerge(
  params: { readonly path: string; readonly commit: string; readonly message: string } & GitOptions,
): Promise<BegunMerge> {
  const { path, commit } = params;
  const gitDirectory = await gitDirectoryOfSlot(path);
  const git = gitAt(path, params);
  const before = await mergeHead(gitDirectory);
  if (before !== null && before !== commit) {
    throw new GitStateError({
      code: 'merge_in_progress',
      subject: path,
      message: `${path} is in the middle of merging ${before}.`,
      next: [`git -C ${shellQuote(path)} merge --abort`],
    });
  }
  if (before === null) {
    const options = ['--no-commit', '--no-ff', '--no-edit', '--no-stat', '--no-autostash', '--no-verify'];
    const args = ['merge', '-q', ...options, '-m', params.message, commit];
    // git wants to know who commits before it merges, although it will not commit.
    const env = identityEnvironment((await readIdentity(git, params)) ?? TINA_IDENTITY);
    const { exitCode, stderr } = await git(args, { answers: [0, 1], env });
    // With conflicts it ends with 1, but so it does when it did not begin.
    if (exitCode === 1 && (await mergeHead(gitDirectory)) === null) {
      throw new GitError({ code: 'git_failed', args, cwd: path, exitCode, stderr });
    }
  }
  const [isMerging, unmerged] = await Promise.all([
    mergeHead(gitDirectory),
    git(['diff-index', '-z', '--name-only', '--cached', '--diff-filter=U', 'HEAD', '--']),
  ]);
  return { isUpToDate: isMerging === null, conflicts: nulList(unmerged.stdout) };
}

async function mergeHead(gitDirectory: string): Promise<string | null> {
  try {
    return (await readFile(join(gitDirectory, 'MERGE_HEAD'), 'utf8')).trim();
  } catch {
    return null;
  }
}
