import { nulList } from './nul-list.ts';
import { gitAt, type Git, type GitOptions } from './run-git.ts';
import { GitStateError } from './git-state-error.ts';
import { updateRef } from './update-ref.ts';

export type CreateBranchResult =
  | { readonly kind: 'created' }
  /** It stands at the commit already. */
  | { readonly kind: 'found' }
  /**
   * A branch is in the way: the same name at another commit, or a name that git cannot keep beside it (`tina` beside
   * `tina/feature`).
   */
  | { readonly kind: 'branch-exists'; readonly branch: string; readonly commit: string };

/**
 * Creates a branch at a commit, without configuration and without checking it out.
 * @throws GitStateError `invalid_branch_name`.
 */
export async function createBranch(
  params: { readonly repository: string; readonly branch: string; readonly commit: string } & GitOptions,
): Promise<CreateBranchResult> {
  const { branch, commit } = params;
  const git = gitAt(params.repository, params);
  const ref = `refs/heads/${branch}`;
  const { exitCode } = await git(['check-ref-format', ref], { answers: [0, 1] });
  if (exitCode === 1) {
    throw new GitStateError({
      code: 'invalid_branch_name',
      subject: branch,
      message: `git takes no branch of the name "${branch}".`,
      next: ['git help check-ref-format'],
    });
  }
  const inTheWay = await branchInTheWay(git, branch);
  if (inTheWay !== null) {
    return inTheWay.branch === branch && inTheWay.commit === commit
      ? { kind: 'found' }
      : { kind: 'branch-exists', ...inTheWay };
  }
  const result = await updateRef({ ...params, ref, from: null, to: commit, message: 'tina: branch' });
  if (result.kind === 'moved') return { kind: 'branch-exists', branch, commit: result.commit ?? '' };
  return { kind: 'created' };
}

/** A branch of this name, of a name that is a folder of it, or below it. */
async function branchInTheWay(
  git: Git,
  branch: string,
): Promise<{ readonly branch: string; readonly commit: string } | null> {
  const parts = branch.split('/');
  const folders = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
  const names = [branch, ...folders].map((name) => `refs/heads/${name}`);
  const { stdout } = await git(['for-each-ref', '--format=%(objectname) %(refname)%00', ...names]);
  for (const line of nulList(stdout)) {
    const [commit = '', ref = ''] = line.trim().split(' ');
    const found = ref.slice('refs/heads/'.length);
    if (folders.includes(found) || found === branch || found.startsWith(`${branch}/`)) {
      return { branch: found, commit };
    }
  }
  return null;
}
