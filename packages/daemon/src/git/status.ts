import { nulList } from './nul-list.ts';
import type { Git, GitCall } from './run-git.ts';

export interface Status {
  /** Null before the first commit. */
  readonly headCommit: string | null;
  /** The branch that is checked out; null when detached. */
  readonly branch: string | null;
  /** Every path that differs from HEAD or from the index, or is not tracked. Untracked folders end with a slash. */
  readonly paths: readonly string[];
  readonly untracked: readonly string[];
}

/** What `git status` says, without writing anything: git's refresh of the index stays in memory. */
export async function readStatus(
  git: Git,
  params: {
    /** `all` lists files, `normal` a wholly untracked folder as one. */
    readonly untracked: 'all' | 'normal' | 'no';
    /** `dirty`: what is uncommitted within a submodule does not count. Default: it does. */
    readonly ignoreSubmodules?: 'none' | 'dirty';
    readonly call?: GitCall;
  },
): Promise<Status> {
  const { stdout } = await git(
    [
      'status',
      '--porcelain=v2',
      '--branch',
      '-z',
      '--no-renames',
      `--untracked-files=${params.untracked}`,
      `--ignore-submodules=${params.ignoreSubmodules ?? 'none'}`,
    ],
    params.call,
  );
  return parseStatus(stdout);
}

/** How many fields stand before the path, by the kind of line. */
const FIELDS_BEFORE_PATH: Readonly<Record<string, number>> = { '1': 8, u: 10, '?': 1 };

function parseStatus(output: string): Status {
  let headCommit: string | null = null;
  let branch: string | null = null;
  const paths: string[] = [];
  const untracked: string[] = [];
  for (const line of nulList(output)) {
    if (line.startsWith('# branch.oid ')) {
      const value = line.slice('# branch.oid '.length);
      headCommit = value === '(initial)' ? null : value;
    } else if (line.startsWith('# branch.head ')) {
      const value = line.slice('# branch.head '.length);
      branch = value === '(detached)' ? null : value;
    }
    const fields = FIELDS_BEFORE_PATH[line.slice(0, 1)];
    if (fields === undefined) continue;
    const path = line.split(' ').slice(fields).join(' ');
    paths.push(path);
    if (line.startsWith('?')) untracked.push(path);
  }
  return { headCommit, branch, paths, untracked };
}
