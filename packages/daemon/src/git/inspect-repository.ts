import { realpath, stat } from 'node:fs/promises';

import { isAtLeast, LEAST_GIT } from '@tina/contract';

import { GitError } from './git-error.ts';
import { readIdentity, type GitIdentity } from './git-identity.ts';
import { listWorktrees } from './list-worktrees.ts';
import { gitWithin, type Git, type GitOptions } from './run-git.ts';
import { readStatus } from './status.ts';
import { resolveRef } from './update-ref.ts';

/** More than a person reads. */
const MAX_LISTED = 50;

export interface RepositoryFacts {
  /**
   * The top of the main worktree, without symbolic links: what every other operation takes as `repository`. Of a bare
   * repository with worktrees, it is the top of the worktree that was asked about.
   */
  readonly root: string;
  /** The directory that all worktrees share. */
  readonly gitDirectory: string;
  readonly baseBranch: string;
  readonly baseCommit: string;
  /** Uncommitted and untracked paths of the worktree that was asked about, at most 50. */
  readonly dirtyFiles: readonly string[];
  readonly identity: GitIdentity | null;
}

/** Why a folder cannot be worked with. */
export type RepositoryProblem =
  | { readonly kind: 'git-missing' }
  | { readonly kind: 'git-too-old'; readonly version: string; readonly minimum: string }
  | { readonly kind: 'not-a-folder'; readonly path: string }
  | { readonly kind: 'not-a-repository'; readonly path: string }
  /** git will not work here, for example because the folder belongs to another user. */
  | { readonly kind: 'git-refused'; readonly path: string; readonly reason: string }
  /** A bare repository, or a folder within `.git`. */
  | { readonly kind: 'no-work-tree'; readonly path: string }
  | { readonly kind: 'no-commits'; readonly root: string }
  | { readonly kind: 'detached-head'; readonly root: string; readonly commit: string }
  | {
      readonly kind: 'unknown-base';
      readonly root: string;
      readonly base: string;
      /** Branches there are, the newest first, at most 50. */
      readonly branches: readonly string[];
    };

export type Inspection =
  | { readonly kind: 'repository'; readonly facts: RepositoryFacts }
  | { readonly kind: 'problem'; readonly problem: RepositoryProblem };

/**
 * Looks at the repository that a folder is in, be it its top, a folder below, or a linked worktree. Nothing is written,
 * not even the refreshed index.
 * @param params.base the branch to start from. Default: the one that is checked out.
 */
export async function inspectRepository(
  params: { readonly path: string; readonly base?: string | undefined } & GitOptions,
): Promise<Inspection> {
  const { path } = params;
  const isFolder = await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (!isFolder) return problem({ kind: 'not-a-folder', path });
  const git = gitWithin(path, params);
  const place = await findPlace(git, params);
  if (place.kind === 'problem') return place;
  const { root, top, gitDirectory } = place;
  const base = await findBase(git, { root, base: params.base?.replace(/^refs\/heads\//, '') });
  if (base.kind === 'problem') return base;
  const [status, identity] = await Promise.all([
    readStatus(gitWithin(top, params), { untracked: 'normal' }),
    readIdentity(git, params),
  ]);
  return {
    kind: 'repository',
    facts: {
      root,
      gitDirectory,
      baseBranch: base.branch,
      baseCommit: base.commit,
      dirtyFiles: status.paths.slice(0, MAX_LISTED),
      identity,
    },
  };
}

type Found<T> = ({ readonly kind: 'found' } & T) | Extract<Inspection, { kind: 'problem' }>;

function problem(facts: RepositoryProblem): Extract<Inspection, { kind: 'problem' }> {
  return { kind: 'problem', problem: facts };
}

async function findPlace(
  git: Git,
  params: { readonly path: string } & GitOptions,
): Promise<Found<{ readonly root: string; readonly top: string; readonly gitDirectory: string }>> {
  const { path } = params;
  try {
    const [version] = /\d+\.\d+(?:\.\d+)?/.exec((await git(['--version'])).stdout) ?? ['unknown'];
    if (!isAtLeast(version, LEAST_GIT)) return problem({ kind: 'git-too-old', version, minimum: LEAST_GIT });
    if ((await ask(git, '--is-inside-work-tree')) !== 'true') return problem({ kind: 'no-work-tree', path });
    const [top, own, gitDirectory] = await Promise.all([
      ask(git, '--show-toplevel'),
      ask(git, '--git-dir'),
      ask(git, '--git-common-dir'),
    ]);
    const root = own === gitDirectory ? top : ((await mainWorktree(params, top)) ?? top);
    return { kind: 'found', root: await realpath(root), top, gitDirectory: await realpath(gitDirectory) };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (error.code === 'git_missing') return problem({ kind: 'git-missing' });
    if (error.code !== 'git_failed') throw error;
    // git tells the two apart by its words alone; they are not translated here.
    if (error.stderr.includes('not a git repository')) return problem({ kind: 'not-a-repository', path });
    return problem({ kind: 'git-refused', path, reason: error.stderr.trim() });
  }
}

/** Null where there is none: a bare repository, or one whose git directory stands apart. */
async function mainWorktree(options: GitOptions, top: string): Promise<string | null> {
  const [main] = await listWorktrees({ ...options, repository: top });
  if (main === undefined || main.isBare) return null;
  try {
    const isTop =
      (await ask(gitWithin(main.path, options), '--show-toplevel')) === (await realpath(main.path));
    return isTop ? main.path : null;
  } catch {
    return null;
  }
}

async function findBase(
  git: Git,
  params: { readonly root: string; readonly base: string | undefined },
): Promise<Found<{ readonly branch: string; readonly commit: string }>> {
  const { root } = params;
  const branch = params.base ?? (await headBranch(git));
  const commit = await resolveRef(git, branch === null ? 'HEAD' : `refs/heads/${branch}`);
  if (branch !== null && commit !== null) return { kind: 'found', branch, commit };
  if (commit !== null) return problem({ kind: 'detached-head', root, commit });
  const format = ['--format=%(refname:lstrip=2)', '--sort=-committerdate', `--count=${MAX_LISTED}`];
  const { stdout } = await git(['for-each-ref', ...format, 'refs/heads/']);
  const branches = stdout.split('\n').filter((name) => name !== '');
  return params.base === undefined || branches.length === 0
    ? problem({ kind: 'no-commits', root })
    : problem({ kind: 'unknown-base', root, base: params.base, branches });
}

async function headBranch(git: Git): Promise<string | null> {
  const { stdout } = await git(['symbolic-ref', '--quiet', 'HEAD'], { answers: [0, 1] });
  return /^refs\/heads\/(.+)\n$/.exec(stdout)?.[1] ?? null;
}

/** Asked one by one: a path may hold a newline. */
async function ask(git: Git, question: string): Promise<string> {
  return (await git(['rev-parse', '--path-format=absolute', question])).stdout.replace(/\n$/, '');
}
