import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { amongWorktrees } from './among-worktrees.ts';
import {
  canonicalPath,
  commonGitDirectory,
  entryOfPath,
  isHalfMade,
  linkedGitDirectory,
} from './git-directory.ts';
import { GitStateError } from './git-state-error.ts';
import { gitAt, type GitOptions } from './run-git.ts';
import { shellQuote } from './shell-quote.ts';
import { waitUntilUnused } from './stale-locks.ts';

export type PreparedWorktree =
  | { readonly kind: 'created' }
  /** It was there, complete; nothing was changed. */
  | { readonly kind: 'found' }
  /** It had lost its `.git` file; what stands in it was kept. */
  | { readonly kind: 'relinked' };

/**
 * Makes a detached worktree at a path when there is none. What a killed `git worktree add` left there is made anew; an
 * entry whose folder is gone is replaced; entries of other paths are never touched.
 * @throws GitStateError `path_occupied` when something else stands at the path (it is left as it is), `worktree_busy`
 *   when a git process that was left behind is still making it after `busyWaitMs`.
 */
export async function prepareWorktree(
  params: {
    readonly repository: string;
    /** Absolute; missing folders above it are made. */
    readonly path: string;
    readonly commit: string;
    /** How long to wait for a git process that was left behind. Default: ten seconds. */
    readonly busyWaitMs?: number | undefined;
  } & GitOptions,
): Promise<PreparedWorktree> {
  const { path } = params;
  const gitDirectory = await commonGitDirectory(params);
  let entry = await entryOfPath(gitDirectory, path);
  if (entry !== null && isHalfMade(entry)) {
    await waitUntilUnused({ ...params, folders: [path, entry.directory] });
    // Whoever was making it may have come to its end.
    entry = await entryOfPath(gitDirectory, path);
  }

  const names = await namesIn(path);
  if (names !== null && names.length > 0) {
    if (entry === null) throw occupied(path, 'it belongs to no worktree of the repository');
    const isLinked = (await linkedGitDirectory(path)) === (await canonicalPath(entry.directory));
    if (isHalfMade(entry)) {
      // No agent has seen it yet, so that nothing in it is anyone's work.
      if (!isLinked)
        throw occupied(path, 'it was filled by something else while the worktree was being made');
      await rm(path, { recursive: true, force: true });
    } else if (isLinked) {
      return { kind: 'found' };
    } else if (names.includes('.git')) {
      throw occupied(path, 'its .git leads to another repository');
    } else {
      await writeFile(join(path, '.git'), `gitdir: ${entry.directory}\n`);
      return { kind: 'relinked' };
    }
  }
  // Not left to git, which dies on an entry whose files a dying machine left empty. There is nothing in its folder.
  if (entry !== null) await rm(entry.directory, { recursive: true, force: true });
  const git = gitAt(params.repository, params);
  const options = ['-q', '--detach'];
  await amongWorktrees(git, ['worktree', 'add', ...options, path, params.commit], params);
  return { kind: 'created' };
}

/** Null when there is no such folder. */
async function namesIn(path: string): Promise<string[] | null> {
  try {
    return await readdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (code === 'ENOTDIR') throw occupied(path, 'it is a file');
    throw error;
  }
}

function occupied(path: string, why: string): GitStateError {
  return new GitStateError({
    code: 'path_occupied',
    subject: path,
    message: `A worktree is to be made at ${path}, but something else is there: ${why}. It was left as it is.`,
    next: [`ls -la ${shellQuote(path)}`, `mv ${shellQuote(path)} ${shellQuote(`${path}.old`)}`],
  });
}
