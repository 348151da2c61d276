import { lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DIFF_TREE, diffNames } from './changed-files.ts';
import { GitError } from './git-error.ts';
import { GitStateError } from './git-state-error.ts';
import { nulList } from './nul-list.ts';
import { gitAt, type Git, type GitOptions } from './run-git.ts';
import { shellQuote } from './shell-quote.ts';
import { readStatus } from './status.ts';

/** A checkout of the user's, and the two commits it is to be moved between. */
export interface CheckoutMove extends GitOptions {
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/**
 * What forbids moving a checkout: uncommitted changes, an operation under way, untracked or ignored files that the move
 * would overwrite. Empty when it can be moved. Writes nothing but, at most, the file times that the index keeps.
 * @throws GitStateError `checkout_locked`.
 */
export async function obstaclesTo(move: CheckoutMove): Promise<string[]> {
  const git = gitAt(move.path, move);
  const gitDirectory = await ownGitDirectory(git);
  await refuseIfLocked(move.path, gitDirectory);
  const [status, operation, inTheWay] = await Promise.all([
    readStatus(git, { untracked: 'no', ignoreSubmodules: 'dirty' }),
    operationUnderWay(gitDirectory),
    filesInTheWay(git, move),
  ]);
  const files = [...status.paths, ...operation, ...inTheWay];
  if (files.length > 0) return files;
  await refreshIndex(git);
  try {
    await git(['read-tree', '-n', '-m', '-u', move.from, move.to]);
    return [];
  } catch (error) {
    return filesNamedIn(error);
  }
}

/** Moves index and files of a clean checkout. Answers what stopped it; then nothing was changed. */
export async function moveCheckout(move: CheckoutMove): Promise<string[]> {
  try {
    await gitAt(move.path, move)(['read-tree', '-m', '-u', move.from, move.to]);
    return [];
  } catch (error) {
    return filesNamedIn(error);
  }
}

/**
 * Finishes a move that was interrupted after the branch had moved: only where the index is as it was before and every
 * file is as it was before or as it is to be. Answers whether the checkout now is as it is to be.
 * @throws GitStateError `checkout_locked`.
 */
export async function finishMove(move: CheckoutMove): Promise<boolean> {
  const git = gitAt(move.path, move);
  if (await indexEquals(git, move.to)) return true;
  if (!(await indexEquals(git, move.from))) return false;
  await refuseIfLocked(move.path, await ownGitDirectory(git));
  await refreshIndex(git);
  if (!(await isBetween(git, move))) return false;
  await git(['read-tree', '--reset', '-u', move.to]);
  return true;
}

/** Whether every file is as one of the two commits has it. */
async function isBetween(git: Git, move: CheckoutMove): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'tina-index-'));
  try {
    const call = { env: { GIT_INDEX_FILE: join(folder, 'index') } };
    const newGit: Git = (args) => git(args, { ...call, answers: [0, 1] });
    await newGit(['read-tree', move.to]);
    await refreshIndex(newGit);
    const [differsFromOld, differsFromNew, moved] = await Promise.all([
      nameStatus(git, ['diff-files', '-z', '--name-status', '--ignore-submodules=dirty']),
      nameStatus(newGit, ['diff-files', '-z', '--name-status', '--ignore-submodules=dirty']),
      nameStatus(git, [...DIFF_TREE, '--name-status', move.from, move.to, '--']),
    ]);
    const asNew = ([path, status]: readonly [string, string]): boolean =>
      moved.get(path) === 'D' ? status === 'D' : !differsFromNew.has(path);
    const isAbsent = ([path, status]: readonly [string, string]): boolean =>
      moved.get(path) !== 'A' || status === 'D';
    return [...differsFromOld].every(asNew) && [...differsFromNew].every(isAbsent);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Status letters by path. */
async function nameStatus(git: Git, args: readonly string[]): Promise<Map<string, string>> {
  const items = nulList((await git(args)).stdout);
  const result = new Map<string, string>();
  for (let index = 0; index + 1 < items.length; index += 2) {
    result.set(items[index + 1] ?? '', items[index] ?? '');
  }
  return result;
}

async function indexEquals(git: Git, commit: string): Promise<boolean> {
  const { exitCode } = await git(['diff-index', '--cached', '--quiet', commit, '--'], { answers: [0, 1] });
  return exitCode === 0;
}

/** git takes a file whose time differs for a changed one until it has looked into it. */
async function refreshIndex(git: Git): Promise<void> {
  await git(['update-index', '-q', '--refresh'], { answers: [0, 1] });
}

/** Files that git does not track and that stand where the move puts a file; ignored ones git would overwrite unasked. */
async function filesInTheWay(git: Git, move: CheckoutMove): Promise<string[]> {
  const added = await diffNames(git, { ...move, options: ['--diff-filter=A'] });
  const found = await Promise.all(
    added.map(async (path) => ((await isFile(join(move.path, path))) ? path : null)),
  );
  return found.filter((path) => path !== null);
}

async function operationUnderWay(gitDirectory: string): Promise<string[]> {
  const heads = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD'];
  const found = await Promise.all(
    heads.map(async (name) => ((await isFile(join(gitDirectory, name))) ? name : null)),
  );
  return found.filter((name) => name !== null);
}

async function refuseIfLocked(path: string, gitDirectory: string): Promise<void> {
  const lock = join(gitDirectory, 'index.lock');
  if (!(await isFile(lock))) return;
  throw new GitStateError({
    code: 'checkout_locked',
    subject: path,
    message: `git works in ${path}, or died in it: ${lock} is there. Tina leaves a lock of yours alone.`,
    next: [`rm ${shellQuote(lock)}   # when no git command runs in it`],
  });
}

async function ownGitDirectory(git: Git): Promise<string> {
  return (await git(['rev-parse', '--absolute-git-dir'])).stdout.replace(/\n$/, '');
}

/** The files that git's refusal names; anything but a refusal is thrown on. */
function filesNamedIn(error: unknown): string[] {
  if (!(error instanceof GitError) || error.code !== 'git_failed') throw error;
  const names = [...error.stderr.matchAll(/'(.+)'/g)].map((match) => match[1] ?? '');
  return names.length > 0 ? names : [error.stderr.trim()];
}

async function isFile(path: string): Promise<boolean> {
  try {
    return !(await lstat(path)).isDirectory();
  } catch {
    return false;
  }
}
