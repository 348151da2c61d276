import { commitTree } from './commit-tree.ts';
import { TINA_IDENTITY } from './git-identity.ts';
import { GitStateError } from './git-state-error.ts';
import { gitAt, type Git, type GitOptions } from './run-git.ts';
import { resolveRef, updateRef } from './update-ref.ts';

/**
 * Points a ref at something that contains all of these commits, what the ref contained before, and the uncommitted tree,
 * if there is one: at one of the commits where that is enough, else at a new commit of Tina's on top of them. Done again,
 * it finds the ref as it is to be.
 * @returns where the ref points; null when there is no ref, since everything is contained in `safe`.
 */
export async function keepCommits(
  params: {
    readonly repository: string;
    readonly ref: string;
    /** The first is what the tree was made from. */
    readonly commits: readonly string[];
    readonly tree?: string | null;
    /** Commits or refs whose contents need no keeping. */
    readonly safe?: readonly string[];
    readonly message: string;
  } & GitOptions,
): Promise<string | null> {
  const { repository, ref } = params;
  const git = gitAt(repository, params);
  const kept = await resolveRef(git, ref);
  const commit = await commitToKeep({ ...params, git, kept });
  if (commit === null || commit === kept) return kept;
  const result = await updateRef({ ...params, ref, from: kept, to: commit, message: 'tina: keep' });
  if (result.kind === 'updated') return commit;
  throw new GitStateError({
    code: 'ref_moved',
    subject: ref,
    message: `${ref} was moved while work was being kept under it.`,
    next: [`git log ${ref}`],
  });
}

/** Null when nothing needs to be kept beyond what is. */
async function commitToKeep(params: {
  readonly git: Git;
  readonly kept: string | null;
  readonly commits: readonly string[];
  readonly tree?: string | null;
  readonly safe?: readonly string[];
  readonly message: string;
}): Promise<string | null> {
  const { git, kept, commits, message } = params;
  const candidates = unique([...commits, kept]);
  const tips = candidates.length === 0 ? [] : await tipsBeyond(git, candidates, params.safe ?? []);
  const [first] = tips;
  const isOne = tips.length === 1;
  const parents = params.tree == null ? tips : unique([...commits.slice(0, 1), ...tips]);
  if (params.tree == null) {
    if (first === undefined || isOne) return first ?? null;
  } else if (isOne && first === kept && (await treeOf(git, first)) === params.tree) {
    return kept;
  }
  const tree = params.tree ?? (await treeOf(git, first ?? ''));
  return commitTree({ git, tree, parents, message, identity: TINA_IDENTITY });
}

/** A commit by its full name, SHA-1 or SHA-256, need not be looked up. */
const OBJECT_NAME = /^(?:[\da-f]{40}|[\da-f]{64})$/;

/** Of the candidates, those that neither another candidate nor anything safe contains, in their order. */
async function tipsBeyond(
  git: Git,
  candidates: readonly string[],
  safe: readonly string[],
): Promise<string[]> {
  const safeCommits = unique(await Promise.all(safe.map((name) => commitNamed(git, name))));
  const { stdout } = await git(['merge-base', '--independent', ...candidates, ...safeCommits]);
  const independent = new Set(stdout.split('\n'));
  return candidates.filter((commit) => independent.has(commit) && !safeCommits.includes(commit));
}

async function commitNamed(git: Git, name: string): Promise<string | null> {
  return OBJECT_NAME.test(name) ? name : resolveRef(git, name);
}

async function treeOf(git: Git, commit: string): Promise<string> {
  return (await git(['rev-parse', '--verify', `${commit}^{tree}`])).stdout.trim();
}

function unique(commits: readonly (string | null)[]): string[] {
  return [...new Set(commits.filter((commit) => commit !== null))];
}
