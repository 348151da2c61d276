import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { linkedGitDirectory } from './git-directory.ts';
import { gitAt, type GitOptions } from './run-git.ts';

/**
 * The branch that a slot has checked out; null when its HEAD is detached. Read from git's own file, because a git process
 * would cost every start of an agent 3 ms; where git keeps it elsewhere (the reftable format), git is asked.
 */
export async function checkedOutBranch(worktree: string, options: GitOptions): Promise<string | null> {
  const gitDirectory = await linkedGitDirectory(worktree);
  const head = gitDirectory === null ? '' : await readFile(join(gitDirectory, 'HEAD'), 'utf8');
  const branch = /^ref: refs\/heads\/(.+)\n$/.exec(head)?.[1] ?? null;
  if (branch !== '.invalid') return branch;
  const git = gitAt(worktree, options);
  const { stdout } = await git(['symbolic-ref', '--quiet', '--short', 'HEAD'], { answers: [0, 1] });
  return stdout.trim() || null;
}
