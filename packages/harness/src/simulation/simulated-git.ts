import { GitStateError, type NodePlatform } from '@tina/daemon';
import type { Kernel } from './kernel.ts';
import type { Part } from './part.ts';
import type { Checkout, SimulatedRepository, Tree } from './repository.ts';

type NodeGit = NodePlatform['git'];

/** The repository, and how one daemon takes a step in it. */
interface Git {
  readonly repository: SimulatedRepository;
  readonly step: <T>(name: string, work: () => T) => Promise<T>;
}

/**
 * git as a node uses it, on the simulated repository. Each operation is a step; between the writes of one that makes several
 * there is another, so that whoever asked may be killed in the middle.
 */
export function simulatedGit(repository: SimulatedRepository, kernel: Kernel, part: Part): NodeGit {
  const git: Git = { repository, step: (name, work) => kernel.ask(part, `git ${name}`, work) };
  return { ...branchGit(git), ...slotGit(git), ...workGit(git), ...mergeGit(git) };
}

function branchGit({
  repository,
  step,
}: Git): Pick<
  NodeGit,
  'createBranch' | 'deleteBranch' | 'moveToRescue' | 'readRef' | 'openPullRequest' | 'commitIdentity'
> {
  return {
    createBranch: ({ branch, commit }) =>
      step('branch', () => {
        const there = repository.branch(branch);
        if (there === commit) return { kind: 'found' };
        if (there !== null) return { kind: 'branch-exists', branch, commit: there };
        repository.refs.set(`refs/heads/${branch}`, commit);
        return { kind: 'created' };
      }),
    deleteBranch: ({ branch, expected }) =>
      step('branch -d', () => {
        const commit = repository.branch(branch);
        if (commit === null) return { kind: 'absent' };
        if (commit !== expected) return { kind: 'moved', commit };
        const path = holderOf(repository, branch);
        if (path !== undefined) return { kind: 'checked-out', path };
        repository.refs.delete(`refs/heads/${branch}`);
        return { kind: 'deleted' };
      }),
    async moveToRescue({ branch, ref }) {
      const tip = await step('keep', () => {
        const commit = repository.branch(branch);
        if (commit !== null)
          repository.keep({ ref, commits: [commit], tree: null, safe: null, message: 'Kept' });
        return commit;
      });
      return step('branch -d', () => {
        const commit = repository.refs.get(ref) ?? null;
        if (tip === null) return { commit, deletion: { kind: 'absent' } };
        const path = holderOf(repository, branch);
        if (path !== undefined) return { commit, deletion: { kind: 'checked-out', path } };
        repository.refs.delete(`refs/heads/${branch}`);
        return { commit, deletion: { kind: 'deleted' } };
      });
    },
    readRef: ({ ref }) => step('rev-parse', () => repository.refs.get(ref) ?? null),
    openPullRequest: () => Promise.resolve({ url: null, pushed: true, next: ['gh pr create'], output: null }),
    commitIdentity: () => Promise.resolve({}),
  };
}

function slotGit({
  repository,
  step,
}: Git): Pick<
  NodeGit,
  | 'checkedOutBranch'
  | 'copyIncluded'
  | 'slotStatus'
  | 'prepareWorktree'
  | 'resetWorktree'
  | 'detachWorktree'
  | 'removeWorktree'
> {
  return {
    checkedOutBranch: (path) => step('head', () => repository.checkouts.get(path)?.branch ?? null),
    copyIncluded: () => Promise.resolve({ copied: [], skipped: [] }),
    slotStatus: ({ path }) =>
      step('status', () => {
        const checkout = repository.checkouts.get(path);
        if (!checkout) return null;
        const paths = [...repository.dirty(checkout), ...(checkout.merging === null ? [] : ['MERGE_HEAD'])];
        return { headCommit: repository.head(checkout), branch: checkout.branch, paths, untracked: [] };
      }),
    prepareWorktree: ({ path, commit }) =>
      step('worktree add', () => {
        if (repository.checkouts.has(path)) return { kind: 'found' };
        repository.checkOut(path, commit);
        return { kind: 'created' };
      }),
    async resetWorktree({ path, commit, branch }) {
      await step('checkout', () => {
        slot(repository, path);
        const holder = branch === null ? undefined : holderOf(repository, branch);
        if (branch !== null && holder !== undefined && holder !== path) {
          throw stateError('branch_checked_out', branch, `${branch} is checked out in ${holder}.`);
        }
        if (branch !== null) repository.refs.set(`refs/heads/${branch}`, commit);
        const checkout = repository.checkOut(path, commit);
        checkout.branch = branch;
      });
      await step('clean', () => undefined);
    },
    detachWorktree: ({ path }) =>
      step('detach', () => {
        const checkout = slot(repository, path);
        const head = repository.head(checkout);
        if (head !== null) repository.detach(checkout, head);
      }),
    removeWorktree: ({ path }) =>
      step('worktree remove', () => ({ kind: repository.checkouts.delete(path) ? 'removed' : 'absent' })),
  };
}

function workGit({
  repository,
  step,
}: Git): Pick<NodeGit, 'beginMerge' | 'collectWork' | 'keepAndRelease' | 'rescueWork'> {
  return {
    beginMerge: ({ path, commit }) =>
      step('merge --no-commit', () => {
        const checkout = slot(repository, path);
        const head = repository.head(checkout);
        if (head === null || repository.contains(head, commit)) return { isUpToDate: true, conflicts: [] };
        const { tree, conflicts } = repository.merge(head, commit);
        checkout.files = new Map(tree);
        checkout.merging = commit;
        return { isUpToDate: false, conflicts };
      }),
    collectWork: ({ path, branch, startCommit, changesSince, mergedWith, mustContain }) =>
      step('evidence', () => {
        const checkout = slot(repository, path);
        const head = repository.head(checkout) ?? startCommit;
        const commits = repository.between(startCommit, head);
        const tree = repository.tree(head);
        const changedFiles = repository.changed(beforeWork(repository, changesSince, mergedWith), tree);
        return {
          headCommit: head,
          commits: commits.map((commit) => ({ commit, subject: repository.subject(commit) })),
          onBranch: checkout.branch === branch && repository.contains(head, startCommit),
          containsRequired: mustContain.every((commit) => repository.contains(head, commit)),
          dirtyFiles: [...repository.dirty(checkout)],
          changedFiles: [...changedFiles],
          conflictMarkers: changedFiles.filter((file) => tree.get(file)?.startsWith('<<<<<<< ') === true),
        };
      }),
    async keepAndRelease({ path, branch, commit, ref }) {
      const isKept = await step('keep', () => {
        if (repository.branch(branch) !== commit) return false;
        if (ref !== null && repository.refs.has(ref)) return false;
        if (ref !== null) repository.refs.set(ref, commit);
        repository.refs.delete(`refs/heads/${branch}`);
        return true;
      });
      await step('detach', () => repository.detach(slot(repository, path), commit));
      return isKept;
    },
    rescueWork: ({ path, branch, startCommit, ref, message }) =>
      step('rescue', () => {
        const checkout = repository.checkouts.get(path);
        const head = checkout ? repository.head(checkout) : null;
        const tip = branch === undefined ? null : repository.branch(branch);
        const commits = [head, tip].filter((commit) => commit !== null);
        const dirty = checkout && repository.dirty(checkout).length > 0 ? checkout.files : null;
        const commit = repository.keep({ ref, commits, tree: dirty, safe: startCommit, message });
        return commit === null ? null : { commit, ref };
      }),
  };
}

function mergeGit(git: Git): Pick<NodeGit, 'mergeInto' | 'integrateBase' | 'land'> {
  const { repository, step } = git;
  return {
    async mergeInto({ branch, commit, startCommit, mergedWith, scope, isInScope, message }) {
      const outside = await step('diff', () => {
        if (repository.contains(needBranch(repository, branch), commit)) return [];
        const before = beforeWork(repository, startCommit, mergedWith);
        const changed = repository.changed(before, repository.tree(commit));
        return changed.filter((file) => !isInScope(file, scope));
      });
      return outside.length > 0
        ? { kind: 'out-of-scope', files: outside }
        : advance(git, branch, commit, message);
    },
    async integrateBase({ branch, baseBranch, message }) {
      const baseCommit = await step('base', () => needBranch(repository, baseBranch));
      const result = await advance(git, branch, baseCommit, message);
      return result.kind === 'conflict'
        ? { ...result, baseCommit }
        : { kind: 'integrated', tip: result.tip, baseCommit };
    },
    async land({ baseBranch, expectedBase, tip }) {
      const checkouts = [...repository.checkouts].filter(([, checkout]) => checkout.branch === baseBranch);
      const moved = await step('land', () => {
        const base = needBranch(repository, baseBranch);
        if (base === tip) return null;
        if (base !== expectedBase) {
          if (!repository.contains(base, tip)) return { kind: 'base-moved' as const, baseCommit: base };
          return { kind: 'landed' as const, commit: tip, checkout: 'none' as const };
        }
        const dirty = checkouts.find(([, checkout]) => repository.dirty(checkout).length > 0);
        if (dirty) {
          return { kind: 'checkout-dirty' as const, path: dirty[0], files: [...repository.dirty(dirty[1])] };
        }
        repository.refs.set(`refs/heads/${baseBranch}`, tip);
        return null;
      });
      if (moved !== null) return moved;
      return step('read-tree', () => {
        const following = checkouts.filter(([, checkout]) => repository.follow(checkout, expectedBase, tip));
        const isUpdated = checkouts.length > 0 && following.length === checkouts.length;
        return { kind: 'landed', commit: tip, checkout: isUpdated ? 'updated' : 'none' };
      });
    },
  };
}

async function advance(
  { repository, step }: Git,
  branch: string,
  commit: string,
  message: string,
): Promise<Advanced> {
  for (;;) {
    const made = await step('merge', () => {
      const tip = needBranch(repository, branch);
      if (repository.contains(tip, commit)) return { kind: 'done' as const, tip };
      if (repository.contains(commit, tip)) return { kind: 'fast-forward' as const, tip, next: commit };
      const { tree, conflicts } = repository.merge(tip, commit);
      if (conflicts.length > 0) return { kind: 'conflict' as const, tip, files: conflicts };
      return { kind: 'merge-commit' as const, tip, next: repository.commit([tip, commit], tree, message) };
    });
    if (made.kind === 'done') return { kind: 'merged', tip: made.tip, how: 'already-merged' };
    if (made.kind === 'conflict') return made;
    const isMoved = await step('update-ref', () =>
      repository.move(`refs/heads/${branch}`, made.tip, made.next),
    );
    if (isMoved) return { kind: 'merged', tip: made.next, how: made.kind };
  }
}

function slot(repository: SimulatedRepository, path: string): Checkout {
  const found = repository.checkouts.get(path);
  if (found) return found;
  throw stateError('not_a_worktree', path, `${path} is no worktree.`);
}

function needBranch(repository: SimulatedRepository, branch: string): string {
  const tip = repository.branch(branch);
  if (tip === null) throw stateError('branch_missing', branch, `There is no branch ${branch}.`);
  return tip;
}

function holderOf(repository: SimulatedRepository, branch: string): string | undefined {
  return [...repository.checkouts].find(([, checkout]) => checkout.branch === branch)?.[0];
}

/** What an attempt's files are compared with: a commit's, or what comes of merging another into it. */
function beforeWork(repository: SimulatedRepository, since: string, mergedWith?: string | null): Tree {
  return mergedWith ? repository.merge(mergedWith, since).tree : repository.tree(since);
}

type Advanced =
  | {
      readonly kind: 'merged';
      readonly tip: string;
      readonly how: 'fast-forward' | 'merge-commit' | 'already-merged';
    }
  | { readonly kind: 'conflict'; readonly tip: string; readonly files: readonly string[] };

function stateError(
  code: 'not_a_worktree' | 'branch_missing' | 'branch_checked_out',
  subject: string,
  message: string,
): GitStateError {
  return new GitStateError({ code, subject, message });
}
