import { constants } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, realpath, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep } from 'node:path';

import { GitStateError } from './git-state-error.ts';
import { nulList } from './nul-list.ts';
import { gitAt, type GitOptions } from './run-git.ts';

export type SkipReason =
  /** git does not ignore it in the slot: it would make the tree dirty, or be committed. */
  | 'not-ignored'
  /** It is, or would be written through, a symbolic link. */
  | 'symbolic-link'
  | 'not-a-file'
  /** A folder of its name stands in the slot. */
  | 'in-the-way';

export interface CopiedFiles {
  /** Files that the slot now has, those among them that it had already. */
  readonly copied: readonly string[];
  readonly skipped: readonly { readonly path: string; readonly reason: SkipReason }[];
}

/**
 * Brings files that git ignores, such as `.env`, from the main checkout into a slot, with their mode and time. What the
 * slot has as it is in the checkout is not copied again; what differs there is replaced. Files that git tracks, in either
 * place, are left alone.
 * @param params.include paths or globs below the repository's root; a folder stands for all that is in it. What
 *   matches nothing is no error.
 * @throws GitStateError `outside_root` for a pattern that leads out of the repository.
 */
export async function copyIncluded(
  params: {
    /** The root of the main checkout. */
    readonly repository: string;
    readonly path: string;
    readonly include: readonly string[];
  } & GitOptions,
): Promise<CopiedFiles> {
  if (params.include.length === 0) return { copied: [], skipped: [] };
  const pathspecs = params.include.map(toPathspec);
  const { stdout } = await gitAt(
    params.repository,
    params,
  )(['ls-files', '-z', '--others', '--', ...pathspecs]);
  const skipped: CopiedFiles['skipped'][number][] = [];
  const candidates: string[] = [];
  // A name that ends with a slash is a repository within the repository.
  for (const path of nulList(stdout).filter((name) => !name.endsWith('/'))) {
    if (await leadsThroughLink(params.path, dirname(path))) skipped.push({ path, reason: 'symbolic-link' });
    else candidates.push(path);
  }
  const ignored = await ignoredIn(params, candidates);
  const copied: string[] = [];
  for (const path of candidates) {
    const reason = ignored.has(path) ? await copyInto(params, path) : 'not-ignored';
    if (reason === null) copied.push(path);
    else skipped.push({ path, reason });
  }
  return { copied, skipped };
}

function toPathspec(pattern: string): string {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  if (isAbsolute(pattern) || parts.includes('..') || parts.length === 0) {
    throw new GitStateError({
      code: 'outside_root',
      subject: pattern,
      message: `"${pattern}" in the list of files to bring along must be a path or glob below the repository's root.`,
      next: ['tina config'],
    });
  }
  return `:(top,glob)${parts.join('/')}`;
}

/** Of these paths, those that git ignores in the slot; what it tracks there it does not ignore. */
async function ignoredIn(
  params: { readonly path: string } & GitOptions,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  const { stdout } = await gitAt(params.path, params)(['check-ignore', '-z', '--stdin'], {
    input: paths.map((path) => `${path}\0`).join(''),
    answers: [0, 1],
  });
  return new Set(nulList(stdout));
}

/** Null when the slot has the file now. */
async function copyInto(
  params: { readonly repository: string; readonly path: string },
  path: string,
): Promise<SkipReason | null> {
  const source = await realFile(params.repository, path);
  if (typeof source !== 'object') return source;
  const target = join(params.path, path);
  const [facts, before] = await Promise.all([stat(source.path), lstat(target).catch(() => null)]);
  if (before?.isDirectory() === true) return 'in-the-way';
  const isSame =
    before?.isFile() === true &&
    before.size === facts.size &&
    before.mode === facts.mode &&
    Math.floor(before.mtimeMs) === Math.floor(facts.mtimeMs);
  if (isSame) return null;
  await mkdir(dirname(target), { recursive: true });
  // Renamed over the target, so that neither half a file is ever seen nor a link followed.
  const temporary = `${target}.tina-${process.pid}`;
  try {
    await copyFile(source.path, temporary, constants.COPYFILE_FICLONE);
    await chmod(temporary, facts.mode & 0o777);
    await utimes(temporary, facts.atime, facts.mtime);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return null;
}

/** The file to copy: a link within the repository stands for what it leads to. */
async function realFile(repository: string, path: string): Promise<{ readonly path: string } | SkipReason> {
  const file = join(repository, path);
  const facts = await lstat(file).catch(() => null);
  if (facts?.isSymbolicLink() !== true) return facts?.isFile() === true ? { path: file } : 'not-a-file';
  const [target, root] = await Promise.all([realpath(file).catch(() => null), realpath(repository)]);
  if (target === null || !target.startsWith(root + sep)) return 'symbolic-link';
  return (await stat(target)).isFile() ? { path: target } : 'not-a-file';
}

/** Whether a folder in the slot, or one above it, is a link that the commit brought along. */
async function leadsThroughLink(slot: string, folder: string): Promise<boolean> {
  if (folder === '.') return false;
  const facts = await lstat(join(slot, folder)).catch(() => null);
  return facts?.isSymbolicLink() === true || leadsThroughLink(slot, dirname(folder));
}
