import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The branch that a worktree really has checked out (G08), read from git's own files: a git process would cost the
 * agent's start 3 ms. `HEAD` when it is detached, empty when there is no repository.
 */
export function readBranch(worktree: string): string {
  try {
    const head = readFileSync(join(gitFolder(worktree), 'HEAD'), 'utf8').trim();
    const ref = /^ref: refs\/heads\/(?<branch>.+)$/.exec(head)?.groups?.['branch'];
    // The reftable format keeps HEAD elsewhere and says so with a name that no branch can have.
    if (ref === '.invalid') return askGit(worktree);
    return ref ?? 'HEAD';
  } catch {
    return '';
  }
}

/** A linked worktree has a file that names the folder. */
function gitFolder(worktree: string): string {
  const path = join(worktree, '.git');
  if (statSync(path).isDirectory()) return path;
  return resolve(
    worktree,
    readFileSync(path, 'utf8')
      .replace(/^gitdir: /, '')
      .trim(),
  );
}

function askGit(worktree: string): string {
  return execFileSync('git', ['rev-parse', '--abbrev-ref', 'HEAD'], {
    cwd: worktree,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
