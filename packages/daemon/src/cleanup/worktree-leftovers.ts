import { realpath, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { runRescueRef } from '@tina/domain';
import type { CleanupItem, LeftoverQuery } from '@tina/contract';
import {
  GitError,
  listWorktrees,
  removeWorktree,
  rescueWork,
  worktreeSize,
  type Worktree,
} from '../git/index.ts';
import { gitAt, type Git } from '../git/run-git.ts';
import { readStatus } from '../git/status.ts';
import { resolveRef } from '../git/update-ref.ts';
import { existingRefs } from './branch-leftovers.ts';
import type { LeftoverOptions } from './leftovers.ts';

/** Worktrees that a run's end should have removed, wherever the run kept them. */
export async function findWorktrees(
  run: LeftoverQuery,
  options: LeftoverOptions,
): Promise<readonly CleanupItem[]> {
  const worktrees = await worktreesOf(run, options);
  const keepers = worktrees.length === 0 ? [] : await keepersOf(run, options);
  return Promise.all(
    worktrees.map(async (worktree): Promise<CleanupItem> => {
      const { path } = worktree;
      const size = await worktreeSize({ ...options, path });
      const item = { runId: run.runId, kind: 'worktree', name: path, bytes: size?.bytes ?? null } as const;
      if (keepers.length === 0) return { ...item, action: 'keep', why: nothingKeeps(run) };
      const isAlone = await hasWorkOfItsOwn(worktree, keepers, { run, options });
      const why = isAlone
        ? `the run has ended; what is in it alone is first put under ${runRescueRef(run.runId)}`
        : 'the run has ended, and the work in it is kept by branches or refs';
      return { ...item, action: 'remove', why };
    }),
  );
}

/**
 * Removes a worktree that is still one of the run's, once everything in it is kept under a ref (G22), and the run's folder
 * when it is empty after that.
 */
export async function removeRunWorktree(
  path: string,
  run: LeftoverQuery,
  options: LeftoverOptions,
): Promise<void> {
  const worktree = (await worktreesOf(run, options)).find((each) => each.path === path);
  if (worktree === undefined) return;
  await keepWork(worktree, run, options);
  const runDirectory = dirname(path);
  await removeWorktree({ ...options, repository: run.repository, root: runDirectory, path });
  await rm(join(options.paths.stateDir, 'setups', run.runId), { recursive: true, force: true });
  await rmdir(runDirectory).catch(() => undefined);
}

/** The settling that should have done so may have failed, for want of space for example. */
async function keepWork(
  { path, headCommit }: Worktree,
  run: LeftoverQuery,
  options: LeftoverOptions,
): Promise<void> {
  const { repository, runId } = run;
  const keepers = await keepersOf(run, options);
  const isHeadKept = headCommit !== null && (await isKept(gitAt(repository, options), headCommit, keepers));
  const startCommit = isHeadKept ? headCommit : keepers[0];
  if (startCommit === undefined) throw new Error(nothingKeeps(run));
  const message = `What run ${runId} left in ${basename(path)}`;
  await rescueWork({ ...options, repository, path, startCommit, ref: runRescueRef(runId), message });
}

/** Whether the worktree holds what nothing else does; one that cannot be looked at may. */
async function hasWorkOfItsOwn(
  { path, headCommit }: Worktree,
  keepers: readonly string[],
  { run, options }: { readonly run: LeftoverQuery; readonly options: LeftoverOptions },
): Promise<boolean> {
  try {
    const { paths } = await readStatus(gitAt(path, options), { untracked: 'normal' });
    if (paths.length > 0) return true;
  } catch (error) {
    if (error instanceof GitError && error.code !== 'git_aborted') return true;
    throw error;
  }
  return headCommit !== null && !(await isKept(gitAt(run.repository, options), headCommit, keepers));
}

async function isKept(git: Git, commit: string, keepers: readonly string[]): Promise<boolean> {
  // By standard input: a long run has more refs than a command line may hold.
  const input = [commit, ...keepers.map((keeper) => `^${keeper}`), ''].join('\n');
  const { stdout } = await git(['rev-list', '--max-count=1', '--stdin'], { input });
  return stdout === '';
}

function nothingKeeps({ baseBranch, branch }: LeftoverQuery): string {
  return `${baseBranch} and ${branch} are gone, so nothing else keeps what is in it`;
}

/** The commits of the branches and refs that stay, or go only once their commits are in one that stays. */
async function keepersOf(run: LeftoverQuery, options: LeftoverOptions): Promise<readonly string[]> {
  const git = gitAt(run.repository, options);
  const [base, refs] = await Promise.all([
    resolveRef(git, `refs/heads/${run.baseBranch}`),
    existingRefs(git, run),
  ]);
  return [...new Set([...(base === null ? [] : [base]), ...refs.values()])];
}

/** A run's worktrees are `slot-<n>` in a folder that has the run's whole id for its name. */
async function worktreesOf(run: LeftoverQuery, options: LeftoverOptions): Promise<readonly Worktree[]> {
  try {
    const worktrees = await listWorktrees({ ...options, repository: run.repository });
    const main = await realpath(run.repository);
    return worktrees.filter(
      ({ path }) =>
        path !== main && basename(dirname(path)) === run.runId && /^slot-\d+$/.test(basename(path)),
    );
  } catch (error) {
    // The repository was moved or removed.
    if (error instanceof GitError || (error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
