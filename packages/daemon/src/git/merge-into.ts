import type { MergeResult } from '@tina/domain';

import { advanceBranch, relationOf } from './advance-branch.ts';
import { changedFiles } from './changed-files.ts';
import { gitAt, type GitOptions } from './run-git.ts';

/**
 * Merges an attempt's commit into the run's branch by plumbing alone, when every file changed since `startCommit` is in
 * scope. Done again, it finds the commit merged.
 * @throws GitStateError `branch_missing`, `commit_missing`, `ref_moved`.
 */
export async function mergeInto(
  params: {
    readonly repository: string;
    readonly branch: string;
    /** Where the branch is known to have stood, for who has to make it anew. */
    readonly lastTip?: string;
    readonly commit: string;
    readonly startCommit: string;
    /** Where the commit is a merge of two whole branches: the one that `startCommit` was merged into. */
    readonly mergedWith?: string | null;
    readonly scope: readonly string[];
    readonly isInScope: (path: string, patterns: readonly string[]) => boolean;
    readonly message: string;
  } & GitOptions,
): Promise<MergeResult> {
  const { scope, startCommit, mergedWith, commit } = params;
  const git = gitAt(params.repository, params);
  const changed = changedFiles(git, { since: startCommit, mergedWith, to: commit });
  // Where a commit is missing, the relation says so in better words; awaited below.
  changed.catch(() => undefined);
  const relation = await relationOf(git, params);
  if (relation.kind !== 'contains') {
    const files = (await changed).filter((path) => !params.isInScope(path, scope));
    if (files.length > 0) return { kind: 'out-of-scope', files };
  }
  return advanceBranch({ ...params, relation });
}
