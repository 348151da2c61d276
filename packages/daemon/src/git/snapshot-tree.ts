import { copyFile, lstat, mkdtemp, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

import { GitError } from './git-error.ts';
import { gitAt, type Git, type GitOptions } from './run-git.ts';
import { readStatus, type Status } from './status.ts';

/**
 * The tree of everything that stands in a worktree: tracked files as they are now, untracked ones, conflicts as they are
 * written; ignored files are not in it. Made with an index of its own, so that the worktree's index is neither needed
 * whole nor touched. A repository that was made within the worktree is taken in as plain files.
 * @returns null when nothing differs from HEAD and its index.
 */
export async function snapshotTree(
  params: {
    readonly path: string;
    /** The worktree's own git directory; the folder's `.git` file need not be intact. */
    readonly gitDirectory: string;
  } & GitOptions,
): Promise<string | null> {
  const folder = await mkdtemp(join(params.gitDirectory, 'tina-rescue-'));
  try {
    const git = gitWith(params, params.path, join(folder, 'index'));
    const status = await openIndex({ ...params, git, index: join(folder, 'index') });
    if (status.paths.length === 0) return null;

    const nested = await nestedRepositories(params.path, status.untracked);
    const excluded = nested.map((path) => `:(top,exclude,literal)${path}`);
    await addAll(git, params.path, excluded);
    for (const [number, path] of nested.entries()) {
      const nestedGit = gitWith(params, join(params.path, path), join(folder, `nested-${number}`));
      await addAll(nestedGit, join(params.path, path), []);
      const tree = await writeTree(nestedGit);
      await git(['read-tree', `--prefix=${path}/`, tree]);
    }
    return await writeTree(git);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function gitWith(
  params: { readonly gitDirectory: string } & GitOptions,
  workTree: string,
  index: string,
): Git {
  const git = gitAt(workTree, params);
  const env = { GIT_DIR: params.gitDirectory, GIT_WORK_TREE: workTree, GIT_INDEX_FILE: index };
  return (args, call) => git(args, { ...call, env: { ...env, ...call?.env } });
}

/** Copies the worktree's index, which knows what is unchanged; where it is missing or torn, HEAD's tree stands in. */
async function openIndex(params: {
  readonly git: Git;
  readonly gitDirectory: string;
  readonly index: string;
}): Promise<Status> {
  const status = (): Promise<Status> => readStatus(params.git, { untracked: 'all' });
  try {
    await copyIndex(join(params.gitDirectory, 'index'), params.index);
    return await status();
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isMissing && !(error instanceof GitError && error.code === 'git_failed')) throw error;
    await rm(params.index, { force: true });
    // Before the first commit there is nothing to begin with.
    await params.git(['read-tree', 'HEAD'], { answers: [0, 128] });
    return status();
  }
}

/**
 * With its time: git compares the content of a file that is not older than the index, because a change within the same
 * second shows in nothing else. A copy that looked younger would hide such a change, and the work would be lost.
 */
async function copyIndex(from: string, to: string): Promise<void> {
  const { atime, mtime } = await stat(from);
  await copyFile(from, to);
  await utimes(to, atime, mtime);
}

/** What cannot be read (a file without the right to, a socket) is left out; what there is no space for is not (G22). */
async function addAll(git: Git, folder: string, pathspecs: readonly string[]): Promise<void> {
  const options = ['-A', '--ignore-errors', '--', '.', ...pathspecs];
  const args = ['-c', 'advice.addEmbeddedRepo=false', 'add', ...options];
  const { exitCode, stderr } = await git(args, { answers: [0, 1] });
  if (exitCode === 0 || !NO_SPACE.test(stderr)) return;
  throw new GitError({ code: 'git_failed', args, cwd: folder, exitCode, stderr });
}

/** In the C locale that our git runs in. */
const NO_SPACE = /no space left on device|disk quota exceeded/i;

async function writeTree(git: Git): Promise<string> {
  return (await git(['write-tree'])).stdout.trim();
}

/** Untracked folders that git would take for submodules: it lists them with a slash and does not look into them. */
async function nestedRepositories(path: string, untracked: readonly string[]): Promise<string[]> {
  const folders = untracked.filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1));
  const found = await Promise.all(
    folders.map(async (name) => ((await isThere(join(path, name, '.git'))) ? name : null)),
  );
  return found.filter((name) => name !== null);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
