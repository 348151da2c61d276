import { basename, dirname } from 'node:path';
import type { KnownRun, Remain } from '@tina/contract';
import { attemptBranch } from '@tina/domain';
import { GitError, listWorktrees } from '../../git/index.ts';
import { gitAt } from '../../git/run-git.ts';
import type { RemainsOptions } from './remains-options.ts';

const SLOT = /^slot-(\d+)$/;

/**
 * Worktrees and attempts' branches of known runs, and the refs that keep work of any, as the repositories of these runs know
 * them; of one that is gone there are none.
 */
export async function listOfRepositories(
  runs: readonly KnownRun[],
  options: RemainsOptions,
): Promise<readonly Remain[]> {
  const found: Remain[] = [];
  for (const [repository, ofRepository] of Map.groupBy(runs, (run) => run.repository)) {
    try {
      found.push(...(await listBranches(repository, ofRepository, options)));
      found.push(...(await listSlots(repository, ofRepository, options)));
      found.push(...(await listRescueRefs(repository, options)));
    } catch (error) {
      if (!(error instanceof GitError) || error.code === 'git_aborted') throw error;
    }
  }
  return found;
}

async function listBranches(
  repository: string,
  runs: readonly KnownRun[],
  options: RemainsOptions,
): Promise<readonly Remain[]> {
  const attempts = new Map(
    runs.flatMap(({ attemptIds }) => attemptIds.map((id) => [attemptBranch(id), id] as const)),
  );
  const git = gitAt(repository, options);
  const { stdout } = await git([
    'for-each-ref',
    '--format=%(refname:lstrip=2)',
    `refs/heads/${attemptBranch('')}`,
  ]);
  return stdout.split('\n').flatMap((name) => {
    const id = attempts.get(name);
    return id === undefined
      ? []
      : [{ kind: 'branch', name, of: { kind: 'attempt', id }, slot: null, repository, process: null }];
  });
}

async function listSlots(
  repository: string,
  runs: readonly KnownRun[],
  options: RemainsOptions,
): Promise<readonly Remain[]> {
  const ids = new Set(runs.map(({ runId }) => runId));
  const worktrees = await listWorktrees({ ...options, repository });
  return worktrees.flatMap(({ path, prunable }) => {
    const id = basename(dirname(path));
    const slot = SLOT.exec(basename(path))?.[1];
    if (!ids.has(id) || slot === undefined || prunable !== null) return [];
    const of = { kind: 'run', id } as const;
    return [{ kind: 'worktree', name: path, of, slot: Number(slot), repository, process: null }];
  });
}

const RESCUE_REF = /^refs\/tina\/(?<of>attempt|run)s\/(?<id>[\w-]+)$/;

async function listRescueRefs(repository: string, options: RemainsOptions): Promise<readonly Remain[]> {
  const { stdout } = await gitAt(repository, options)(['for-each-ref', '--format=%(refname)', 'refs/tina/']);
  return stdout.split('\n').flatMap((name): readonly Remain[] => {
    const { of, id } = RESCUE_REF.exec(name)?.groups ?? {};
    if (of === undefined || id === undefined) return [];
    const kind = of === 'run' ? 'run' : 'attempt';
    return [{ kind: 'rescue-ref', name, of: { kind, id }, slot: null, repository, process: null }];
  });
}
