import { chmod, lstat, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';

import {
  canonicalPath,
  commonGitDirectory,
  entryOfPath,
  linkedGitDirectory,
  type WorktreeEntry,
} from './git-directory.ts';
import { GitError } from './git-error.ts';
import { GitStateError } from './git-state-error.ts';
import type { GitOptions } from './run-git.ts';
import { shellQuote } from './shell-quote.ts';

/**
 * Removes a worktree with all that is in it, and its entry in the repository. Done again, also after it was interrupted,
 * it removes what is left. A worktree whose repository is gone is removed as well.
 * @throws GitStateError `outside_root` for a path that is not below `root`, `path_occupied` for a folder that is no worktree
 *   of the repository.
 */
export async function removeWorktree(
  params: {
    readonly repository: string;
    /** The folder that all worktrees of Tina are in. */
    readonly root: string;
    readonly path: string;
  } & GitOptions,
): Promise<{ readonly kind: 'removed' | 'absent' }> {
  const { path } = params;
  const [realPath, realRoot] = await Promise.all([canonicalPath(path), canonicalPath(params.root)]);
  if (!realPath.startsWith(realRoot + sep)) {
    throw new GitStateError({
      code: 'outside_root',
      subject: path,
      message: `${path} is not below ${params.root}, so it was not removed.`,
    });
  }
  const entry = await findEntry(params);
  const isThere = await exists(path);
  if (entry === null && !isThere) return { kind: 'absent' };
  if (entry === null && !(await isOrphan(path))) {
    throw new GitStateError({
      code: 'path_occupied',
      subject: path,
      message: `${path} is no worktree of ${params.repository}, so it was not removed.`,
      next: [`ls -la ${shellQuote(path)}`],
    });
  }
  // The entry last: it is what tells a second try that the folder is ours.
  await removeFolder(path);
  if (entry !== null) {
    await rm(entry.directory, { recursive: true, force: true });
    // As git does with the last one; it refuses while there are others.
    await rmdir(dirname(entry.directory)).catch(() => undefined);
  }
  return { kind: 'removed' };
}

async function findEntry(
  params: { readonly repository: string; readonly path: string } & GitOptions,
): Promise<WorktreeEntry | null> {
  try {
    return await entryOfPath(await commonGitDirectory(params), params.path);
  } catch (error) {
    const isGone =
      error instanceof GitError && (error.code === 'folder_missing' || error.code === 'git_failed');
    if (isGone) return null;
    throw error;
  }
}

/** A folder that is linked to a git directory which is no more. */
async function isOrphan(path: string): Promise<boolean> {
  const gitDirectory = await linkedGitDirectory(path);
  return gitDirectory !== null && !(await exists(gitDirectory));
}

/** Also removes folders that were made read-only, as some package caches do. */
async function removeFolder(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    await makeWritable(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  const children = await readdir(folder, { withFileTypes: true });
  for (const child of children) {
    if (child.isDirectory()) await makeWritable(join(folder, child.name));
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
