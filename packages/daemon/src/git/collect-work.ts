import type { Evidence } from '@tina/domain';

import { changedFiles, diffNames } from './changed-files.ts';
import { isAncestor } from './is-ancestor.ts';
import { nulList } from './nul-list.ts';
import { gitAt, type Git, type GitOptions } from './run-git.ts';
import { readStatus } from './status.ts';

/** What git alone can say of an attempt's work. */
export type CollectedWork = Omit<Evidence, 'checks'>;

/** More than a person or a prompt reads. */
const MAX_DIRTY_FILES = 50;
/** No attempt makes as many; an agent that moved to unrelated history may show more. */
const MAX_COMMITS = 1_000;
/** How git begins and ends a conflict that it leaves in a file. */
const CONFLICT_MARKER = '^(<<<<<<<|>>>>>>>) ';

/**
 * What an attempt did in its worktree since its start commit. Nothing is written. git is asked everything at once, since
 * starting a process costs more than its answer; when HEAD moved between the answers, they are asked again.
 *
 * Where HEAD names no commit, the work is empty, not on its branch, and `headCommit` is the start commit.
 */
export async function collectWork(
  params: {
    readonly path: string;
    readonly branch: string;
    readonly startCommit: string;
    /** What HEAD is compared with for the changed files. */
    readonly changesSince: string;
    /** Where HEAD is a merge of two whole branches: the one that `changesSince` was merged into. */
    readonly mergedWith?: string | null;
    readonly mustContain: readonly string[];
  } & GitOptions,
): Promise<CollectedWork> {
  const git = gitAt(params.path, params);
  for (;;) {
    const { startCommit, changesSince, mergedWith } = params;
    const answers = Promise.all([
      readHistory(git, startCommit),
      containsAll(git, params.mustContain),
      changedFiles(git, { since: changesSince, mergedWith, to: 'HEAD' }),
      diffNames(git, { from: startCommit, to: 'HEAD', options: [`-G${CONFLICT_MARKER}`] }),
    ]);
    // They fail where HEAD names no commit, which the status says; awaited below.
    answers.catch(() => undefined);
    const { headCommit, branch, paths } = await readStatus(git, { untracked: 'normal' });
    const dirtyFiles = paths.slice(0, MAX_DIRTY_FILES);
    if (headCommit === null) return { ...nothing(startCommit), dirtyFiles };
    const [history, containsRequired, changed, suspects] = await answers;
    if ((history.head ?? headCommit) !== headCommit) continue;
    return {
      headCommit,
      commits: history.commits,
      onBranch: branch === params.branch && history.descends,
      containsRequired,
      dirtyFiles,
      changedFiles: changed,
      conflictMarkers: suspects.length === 0 ? [] : await filesWithMarkers(git, headCommit, suspects),
    };
  }
}

function nothing(startCommit: string): CollectedWork {
  return {
    headCommit: startCommit,
    commits: [],
    onBranch: false,
    containsRequired: false,
    dirtyFiles: [],
    changedFiles: [],
    conflictMarkers: [],
  };
}

interface History {
  /** HEAD, where it has commits that the start has not. */
  readonly head: string | null;
  readonly descends: boolean;
  readonly commits: CollectedWork['commits'];
}

/** Both sides of start...HEAD: a commit on the start's side says that HEAD does not descend from it. */
async function readHistory(git: Git, startCommit: string): Promise<History> {
  const { stdout } = await git([
    'rev-list',
    '--no-commit-header',
    '--left-right',
    '--topo-order',
    `--max-count=${MAX_COMMITS}`,
    '--format=%m%H %s',
    `${startCommit}...HEAD`,
    '--',
  ]);
  const lines = stdout.split('\n').slice(0, -1);
  const commits = lines
    .filter((line) => line.startsWith('>'))
    .map((line) => {
      const space = line.indexOf(' ');
      return { commit: line.slice(1, space), subject: line.slice(space + 1) };
    });
  const hasLeft = lines.some((line) => line.startsWith('<'));
  const isCut = lines.length === MAX_COMMITS;
  return {
    head: commits[0]?.commit ?? null,
    descends: !hasLeft && (!isCut || (await isAncestor(git, startCommit, 'HEAD'))),
    commits: commits.toReversed(),
  };
}

async function containsAll(git: Git, commits: readonly string[]): Promise<boolean> {
  if (commits.length === 0) return true;
  const { stdout } = await git(['rev-list', '--max-count=1', ...commits, '--not', 'HEAD', '--']);
  return stdout === '';
}

/** Of the files in which a marker came or went, those that hold one now. */
async function filesWithMarkers(git: Git, commit: string, suspects: readonly string[]): Promise<string[]> {
  // The whole tree is searched: paths given to git would have to be UTF-8 and to fit a command line.
  const { stdout } = await git(
    ['grep', '-lzIE', '--no-recurse-submodules', '--full-name', '-e', CONFLICT_MARKER, commit, '--'],
    { answers: [0, 1] },
  );
  const holding = new Set(nulList(stdout).map((name) => name.slice(commit.length + 1)));
  return suspects.filter((path) => holding.has(path));
}
