import { commitTree } from './commit-tree.ts';
import { readIdentity, TINA_IDENTITY } from './git-identity.ts';
import { branchMissing, GitStateError } from './git-state-error.ts';
import { isAncestor } from './is-ancestor.ts';
import { mergeTree } from './merge-tree.ts';
import { gitAt, type Git, type GitOptions } from './run-git.ts';
import { shellQuote } from './shell-quote.ts';
import { resolveRef, updateRef } from './update-ref.ts';

/** How a branch stands to a commit that is to come into it. */
export interface BranchRelation {
  readonly tip: string;
  readonly kind: 'contains' | 'behind' | 'diverged';
}

export type AdvanceResult =
  | {
      readonly kind: 'merged';
      readonly tip: string;
      readonly how: 'fast-forward' | 'merge-commit' | 'already-merged';
    }
  | { readonly kind: 'conflict'; readonly tip: string; readonly files: readonly string[] };

/** A branch of Tina's is moved by one job at a time; whoever else moves it does not do so ten times in a row. */
const MAX_TRIES = 10;

/**
 * Brings a commit into a branch: nothing to do, a fast-forward, or a merge commit made by plumbing. No worktree is
 * touched, and the branch moves by compare-and-swap, so that it may be done again after a crash at any step.
 * @param params.relation what `relationOf` said a moment ago.
 * @throws GitStateError `branch_rewound`, `ref_moved`
 */
export async function advanceBranch(
  params: {
    readonly repository: string;
    readonly branch: string;
    readonly commit: string;
    /** Where the branch is known to have stood: it may have gone on from there, and must not have gone back. */
    readonly lastTip?: string;
    readonly message: string;
    readonly relation: BranchRelation;
  } & GitOptions,
): Promise<AdvanceResult> {
  const git = gitAt(params.repository, params);
  let { relation } = params;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { tip } = relation;
    await refuseRewound(git, { ...params, tip });
    if (relation.kind === 'contains') return { kind: 'merged', tip, how: 'already-merged' };
    const merged =
      relation.kind === 'behind'
        ? { kind: 'merged' as const, tip: params.commit, how: 'fast-forward' as const }
        : await mergeCommits({ ...params, git, tip });
    if (merged.kind === 'conflict') return merged;
    const result = await updateRef({
      ...params,
      ref: `refs/heads/${params.branch}`,
      from: tip,
      to: merged.tip,
      message: `tina: ${merged.how}`,
    });
    if (result.kind === 'updated') return merged;
    relation = await relationOf(git, { branch: params.branch, commit: params.commit });
  }
  throw new GitStateError({
    code: 'ref_moved',
    subject: params.branch,
    message: `Branch ${params.branch} was moved by something else each of the ${MAX_TRIES} times it was to be moved.`,
    next: [`git reflog ${shellQuote(params.branch)}`],
  });
}

/**
 * Where `lastTip` is known it is taken for the tip, which spares a git process: the compare-and-swap finds out when it is
 * not, and asks again without it.
 */
export async function relationOf(
  git: Git,
  params: { readonly branch: string; readonly commit: string; readonly lastTip?: string | undefined },
): Promise<BranchRelation> {
  const { commit, lastTip } = params;
  const ref = `refs/heads/${params.branch}`;
  const bases = await git(['merge-base', ref, commit], { answers: [0, 1, 128] });
  const base = bases.stdout.trim();
  const isWhole = bases.exitCode !== 128;
  const tip = isWhole && lastTip !== undefined && base !== commit ? lastTip : await resolveRef(git, ref);
  if (tip === null) throw branchMissing(params.branch, lastTip);
  if (!isWhole && (await resolveRef(git, commit)) === null) {
    throw new GitStateError({
      code: 'commit_missing',
      subject: commit,
      message: `There is no commit ${commit} in the repository.`,
      next: [`git show ${commit}`],
    });
  }
  if (base === commit) return { tip, kind: 'contains' };
  return { tip, kind: base === tip ? 'behind' : 'diverged' };
}

/** What was merged before would be missing from the result, and nobody would miss it. */
async function refuseRewound(
  git: Git,
  { branch, lastTip, tip }: { readonly branch: string; readonly lastTip?: string; readonly tip: string },
): Promise<void> {
  if (lastTip === undefined || tip === lastTip || (await isAncestor(git, lastTip, tip))) return;
  const name = shellQuote(branch);
  throw new GitStateError({
    code: 'branch_rewound',
    subject: branch,
    message: `Branch ${branch} was moved to ${tip}, which does not contain ${lastTip}: work that was merged is missing from it.`,
    next: [`git branch --force ${name} ${lastTip}`, `git reflog ${name}`],
  });
}

async function mergeCommits(
  params: {
    readonly git: Git;
    readonly tip: string;
    readonly commit: string;
    readonly message: string;
  } & GitOptions,
): Promise<AdvanceResult> {
  const { git, tip, commit, message } = params;
  const [{ tree, conflicts }, identity] = await Promise.all([
    mergeTree(git, tip, commit),
    readIdentity(git, params),
  ]);
  if (conflicts !== null) return { kind: 'conflict', tip, files: conflicts };
  const merge = await commitTree({
    git,
    tree,
    parents: [tip, commit],
    message,
    identity: identity ?? TINA_IDENTITY,
  });
  return { kind: 'merged', tip: merge, how: 'merge-commit' };
}
