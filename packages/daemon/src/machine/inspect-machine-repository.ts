import { join } from 'node:path';
import { LEAST_GIT, TinaError, type ErrorParameters, type RepositoryFacts } from '@tina/contract';
import { assertNever } from '@tina/domain';
import { GitError, inspectRepository, listWorktrees, type RepositoryProblem } from '../git/index.ts';
import { gitAt, type GitOptions } from '../git/run-git.ts';
import { shellQuote } from '../git/shell-quote.ts';
import { readStatus } from '../git/status.ts';

/**
 * The repository that a folder is in, as a run starts from it. Writes nothing.
 * @throws TinaError `git_missing`, `git_too_old`, `not_a_folder`, `not_a_repository`, `git_refused`, `bare_repository`,
 *   `no_commits`, `detached_head`, `unknown_base`
 */
export async function inspectMachineRepository(
  { directory, base }: { readonly directory: string; readonly base: string | null },
  options: GitOptions,
): Promise<RepositoryFacts> {
  const inspection = await inspectRepository({ path: directory, base: base ?? undefined, ...options });
  if (inspection.kind === 'problem') throw new TinaError(describe(inspection.problem));
  const { root, baseBranch, baseCommit } = inspection.facts;
  // What is not committed there is no part of what a run starts from.
  const dirtyFiles = await dirtyFilesOf(baseBranch, root, options);
  return { root, baseBranch, baseCommit, dirtyFiles };
}

/** Wherever the branch is checked out: below the root as the root knows them, elsewhere by their whole paths. */
async function dirtyFilesOf(branch: string, root: string, options: GitOptions): Promise<readonly string[]> {
  const worktrees = await listWorktrees({ ...options, repository: root });
  const linked = worktrees.filter((worktree) => worktree.branch === branch && worktree.prunable === null);
  const [ofRoot, ...ofLinked] = await Promise.all([
    readStatus(gitAt(root, options), { untracked: 'no' }),
    ...linked
      .filter(({ path }) => path !== root)
      .map(async ({ path }) => (await changedFiles(path, options)).map((file) => join(path, file))),
  ]);
  return [...(ofRoot.branch === branch ? ofRoot.paths : []), ...ofLinked.flat()];
}

/** None where git lists what is no checkout: the git directory of a repository whose files lie apart, a folder that is gone. */
async function changedFiles(path: string, options: GitOptions): Promise<readonly string[]> {
  try {
    return (await readStatus(gitAt(path, options), { untracked: 'no' })).paths;
  } catch (error) {
    const isNone =
      error instanceof GitError && (error.code === 'folder_missing' || error.code === 'git_failed');
    if (isNone) return [];
    throw error;
  }
}

function describe(problem: RepositoryProblem): ErrorParameters {
  switch (problem.kind) {
    case 'git-missing':
      return {
        code: 'git_missing',
        message: 'git was not found on PATH.',
        next: [`install git ${LEAST_GIT} or newer`, 'tina doctor'],
      };
    case 'git-too-old':
      return {
        code: 'git_too_old',
        message: `git ${problem.version} is too old; Tina needs ${problem.minimum} or newer.`,
        next: ['install a newer git', 'tina doctor'],
      };
    case 'not-a-folder':
      return atPath('not_a_folder', problem.path, 'There is no such folder.', []);
    case 'not-a-repository':
      return atPath('not_a_repository', problem.path, 'The folder is in no git repository.', [
        'cd <a repository>',
        'git init && git add --all && git commit -m "Begin"',
      ]);
    case 'git-refused':
      return {
        ...atPath('git_refused', problem.path, 'git will not work here.', []),
        details: [problem.reason],
      };
    case 'no-work-tree':
      return atPath('bare_repository', problem.path, 'The repository is bare, or this is its .git folder.', [
        'git clone <the repository> <folder>',
      ]);
    case 'no-commits':
      return atPath(
        'no_commits',
        problem.root,
        'The repository has no commit yet, so there is nothing to start from.',
        ['git add --all && git commit -m "Begin"'],
      );
    case 'detached-head':
      return atPath(
        'detached_head',
        problem.root,
        'No branch is checked out, so it is not clear what to start from.',
        ['git switch <branch>', 'tina orchestrate <design.md> --base <branch>'],
      );
    case 'unknown-base':
      return unknownBase(problem);
    default:
      return assertNever(problem);
  }
}

function unknownBase({
  root,
  base,
  branches,
}: Extract<RepositoryProblem, { kind: 'unknown-base' }>): ErrorParameters {
  return {
    ...atPath('unknown_base', root, `There is no branch ${JSON.stringify(base)} to start from.`, [
      `tina orchestrate <design.md> --base ${shellQuote(branches[0] ?? '<branch>')}`,
    ]),
    details: branches.map((branch) => `there is: ${branch}`),
  };
}

function atPath(code: string, file: string, message: string, next: readonly string[]): ErrorParameters {
  return { code, message, place: { file }, next };
}
