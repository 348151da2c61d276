import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';

import { GitStateError } from './git-state-error.ts';
import { gitAt, type GitOptions } from './run-git.ts';

/**
 * The files git keeps about a linked worktree: `<git directory>/worktrees/<id>/`, whose `gitdir` names the worktree's
 * `.git` file, which in turn names the folder. Read without git, since git gives no answer when one of the two is broken.
 */
export interface WorktreeEntry {
  /** The folder under `<git directory>/worktrees/`. */
  readonly directory: string;
  /** The worktree's path as recorded; it may be gone. */
  readonly path: string;
  /** Why it is locked, or null. git itself locks with "initializing" until a new worktree is complete. */
  readonly lock: string | null;
}

/** Whether git was still making the worktree: it locks it with this reason, untranslated in the C locale ours runs in. */
export function isHalfMade(entry: WorktreeEntry): boolean {
  return entry.lock === 'initializing';
}

/** The directory that all worktrees of a repository share. */
export async function commonGitDirectory(
  params: { readonly repository: string } & GitOptions,
): Promise<string> {
  const git = gitAt(params.repository, params);
  const { stdout } = await git(['rev-parse', '--path-format=absolute', '--git-common-dir']);
  return stripNewline(stdout);
}

/** All entries of linked worktrees, broken ones left out. */
async function worktreeEntries(gitDirectory: string): Promise<WorktreeEntry[]> {
  const parent = join(gitDirectory, 'worktrees');
  const names = await orNull(readdir(parent));
  const entries = await Promise.all((names ?? []).map((name) => readEntry(join(parent, name))));
  return entries.filter((entry) => entry !== null);
}

/** The entry that claims exactly this path. */
export async function entryOfPath(gitDirectory: string, path: string): Promise<WorktreeEntry | null> {
  const wanted = await canonicalPath(path);
  for (const entry of await worktreeEntries(gitDirectory)) {
    if ((await canonicalPath(entry.path)) === wanted) return entry;
  }
  return null;
}

/**
 * The git directory a folder's `.git` file leads to; null when the folder has none. A main checkout, whose `.git` is a
 * directory, gives null as well: what is done to a slot is never done to a checkout of the user.
 */
export async function linkedGitDirectory(path: string): Promise<string | null> {
  const content = await orNull(readFile(join(path, '.git'), 'utf8'));
  const target = content === null ? null : /^gitdir: (.+)/s.exec(content)?.[1];
  return target == null ? null : canonicalPath(resolve(path, stripNewline(target)));
}

/**
 * The same for what must be a slot.
 * @throws GitStateError `not_a_worktree`.
 */
export async function gitDirectoryOfSlot(path: string): Promise<string> {
  const gitDirectory = await linkedGitDirectory(path);
  if (gitDirectory !== null) return gitDirectory;
  throw new GitStateError({
    code: 'not_a_worktree',
    subject: path,
    message: `${path} is not a linked worktree, so nothing was changed in it.`,
    next: ['git worktree list'],
  });
}

/** The path without symbolic links, also when its last part is not there. */
export async function canonicalPath(path: string): Promise<string> {
  const real = await orNull(realpath(path));
  if (real !== null) return real;
  const parent = dirname(path);
  return parent === path ? path : join(await canonicalPath(parent), basename(path));
}

async function readEntry(directory: string): Promise<WorktreeEntry | null> {
  const [gitFile, lock] = await Promise.all([
    orNull(readFile(join(directory, 'gitdir'), 'utf8')),
    orNull(readFile(join(directory, 'locked'), 'utf8')),
  ]);
  const target = stripNewline(gitFile ?? '');
  if (target === '') return null;
  const path = dirname(isAbsolute(target) ? target : resolve(directory, target));
  return { directory, path, lock: lock === null ? null : stripNewline(lock) };
}

/** Null for what is not there. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw error;
  }
}

/** One newline ends what git writes; a path itself may end in one. */
function stripNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}
