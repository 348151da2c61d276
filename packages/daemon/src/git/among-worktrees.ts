import { setTimeout as delay } from 'node:timers/promises';

import { GitError } from './git-error.ts';
import type { Git, GitOptions, GitOutput } from './run-git.ts';

/** Making an entry takes git a few milliseconds, more on a busy machine. */
const RETRY_DELAY_MS = 20;
const MAX_TRIES = 50;

/**
 * Runs a git command that looks at all worktrees of the repository. While another process makes or removes one, git dies
 * on the entry's files that are not there yet ("failed to read .git/worktrees/slot-1/commondir"): seen once in fifty with
 * eight slots made at once. Such a command is run again; it has done nothing.
 */
export async function amongWorktrees(
  git: Git,
  args: readonly string[],
  options: GitOptions,
): Promise<GitOutput> {
  for (let tries = 1; ; tries++) {
    try {
      return await git(args);
    } catch (error) {
      // The words are git's own, untranslated in the C locale that ours runs in; the path is the repository's.
      const isPassing =
        error instanceof GitError &&
        error.code === 'git_failed' &&
        /^fatal: (?:failed to read|could not create directory of).*\/worktrees\//m.test(error.stderr);
      if (!isPassing || tries === MAX_TRIES) throw error;
      await delay(RETRY_DELAY_MS, undefined, { signal: options.signal });
    }
  }
}
