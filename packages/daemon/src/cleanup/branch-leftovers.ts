import { attemptBranch, attemptRescueRef, runRescueRef } from '@tina/domain';
import type { CleanupItem, LeftoverQuery } from '@tina/contract';
import { deleteBranch, GitError, type GitOptions } from '../git/index.ts';
import { isAncestor } from '../git/is-ancestor.ts';
import { gitAt, type Git } from '../git/run-git.ts';
import { shellQuote } from '../git/shell-quote.ts';
import type { LeftoverOptions } from './leftovers.ts';

/**
 * The run's branch, unless another run has it now, the branches of its attempts, and the refs that keep work. Nothing that
 * is not kept elsewhere goes (G22).
 */
export async function findBranches(
  run: LeftoverQuery,
  options: LeftoverOptions,
): Promise<readonly CleanupItem[]> {
  const git = gitAt(run.repository, options);
  const refs = await existingRefs(git, run);
  const items: CleanupItem[] = [];
  for (const [ref, commit] of refs) {
    if (run.isBranchInUse && ref === `refs/heads/${run.branch}`) continue;
    if (ref.startsWith('refs/heads/')) items.push(await judgeBranch(git, run, { ref, commit, refs }));
    else items.push(await judgeRescueRef(git, run, { ref, commit }));
  }
  return items;
}

/** Deletes a branch whose commits are, at this moment, all in the base branch or under a rescue ref. */
export async function removeBranch(
  branch: string,
  run: LeftoverQuery,
  options: LeftoverOptions,
): Promise<void> {
  const items = await findBranches(run, options);
  const isSafe = items.some(
    ({ kind, name, action }) => kind === 'branch' && name === branch && action === 'remove',
  );
  const ref = `refs/heads/${branch}`;
  const commit = (await existingRefs(gitAt(run.repository, options), run)).get(ref);
  if (!isSafe || commit === undefined) return;
  await deleteBranch({ ...(options as GitOptions), repository: run.repository, branch, expected: commit });
}

async function judgeBranch(
  git: Git,
  run: LeftoverQuery,
  found: { readonly ref: string; readonly commit: string; readonly refs: ReadonlyMap<string, string> },
): Promise<CleanupItem> {
  const name = found.ref.slice('refs/heads/'.length);
  const item = { runId: run.runId, kind: 'branch', name, bytes: null } as const;
  const isRunBranch = name === run.branch;
  const byHand = `to delete it: git branch -D ${shellQuote(name)}`;
  if (isRunBranch && (run.tip === null || !(await contains(git, found.ref, run.tip)))) {
    return { ...item, action: 'keep', why: `it is not as the run left it; ${byHand}` };
  }
  const keeper = await keeperOf(git, run, found);
  const why =
    keeper === null
      ? `not all of its commits are in ${run.baseBranch}; ${byHand}`
      : `all of its commits are in ${keeper}`;
  const action = keeper === null ? 'keep' : 'remove';
  return { ...item, action, why: isRunBranch ? why : `of an attempt; ${why}` };
}

/** What else holds every commit of the branch; null when nothing does. */
async function keeperOf(
  git: Git,
  run: LeftoverQuery,
  {
    ref,
    commit,
    refs,
  }: { readonly ref: string; readonly commit: string; readonly refs: ReadonlyMap<string, string> },
): Promise<string | null> {
  const isRunBranch = ref === `refs/heads/${run.branch}`;
  const candidates = [
    `refs/heads/${run.baseBranch}`,
    // A run's branch that was kept is what its attempts are for; the rescue refs hold pieces of it.
    ...(isRunBranch
      ? []
      : [`refs/heads/${run.branch}`, ...[...refs.keys()].filter((name) => name.startsWith('refs/tina/'))]),
  ];
  for (const candidate of candidates) {
    if (candidate !== ref && (await contains(git, candidate, commit)))
      return candidate.replace(/^refs\/heads\//, '');
  }
  return null;
}

async function contains(git: Git, ref: string, commit: string): Promise<boolean> {
  try {
    return await isAncestor(git, commit, ref);
  } catch (error) {
    // The base branch is gone, or the commit.
    if (error instanceof GitError && error.code === 'git_failed') return false;
    throw error;
  }
}

/** A rescue ref has done its part once everything under it is in the base branch. */
async function judgeRescueRef(
  git: Git,
  run: LeftoverQuery,
  { ref, commit }: { readonly ref: string; readonly commit: string },
): Promise<CleanupItem> {
  const isMerged = await contains(git, `refs/heads/${run.baseBranch}`, commit);
  return {
    runId: run.runId,
    kind: 'rescue-ref',
    name: ref,
    bytes: null,
    action: isMerged ? 'remove' : 'keep',
    why: isMerged
      ? `all of its commits are in ${run.baseBranch}`
      : `keeps what is nowhere else; to let go of it: git update-ref -d ${ref}`,
  };
}

/** Deletes a rescue ref whose commits are, at this moment, all in the base branch. */
export async function removeRescueRef(
  ref: string,
  run: LeftoverQuery,
  options: LeftoverOptions,
): Promise<void> {
  const git = gitAt(run.repository, options);
  const commit = (await existingRefs(git, run)).get(ref);
  if (commit === undefined || !(await contains(git, `refs/heads/${run.baseBranch}`, commit))) return;
  await git(['update-ref', '-d', ref, commit]);
}

/** Those of the run's refs that there are, with their commits; empty when the repository is gone. */
export async function existingRefs(git: Git, run: LeftoverQuery): Promise<ReadonlyMap<string, string>> {
  const wanted = new Set([
    `refs/heads/${run.branch}`,
    runRescueRef(run.runId),
    ...run.attemptIds.flatMap((id) => [`refs/heads/${attemptBranch(id)}`, attemptRescueRef(id)]),
  ]);
  try {
    // Listed by folder: a long run has more refs than a command line may hold.
    const folders = [`refs/heads/${run.branch}`, 'refs/heads/tina-attempt/', 'refs/tina/'];
    const { stdout } = await git(['for-each-ref', '--format=%(refname) %(objectname)', ...folders]);
    const refs = stdout.split('\n').map((line) => line.split(' '));
    return new Map(
      refs.flatMap(([ref = '', commit = '']) => (wanted.has(ref) ? [[ref, commit] as const] : [])),
    );
  } catch (error) {
    if (error instanceof GitError && error.code !== 'git_aborted') return new Map();
    throw error;
  }
}
