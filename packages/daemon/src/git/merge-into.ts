import type { MergeResult } from '@tina/domain';

import { advanceBranch, relationOf } from './advance-branch.ts';
import { diffNames } from './changed-files.ts';
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
    /** Null: any file. */
    readonly scope: readonly string[] | null;
    readonly isInScope: (path: string, patterns: readonly string[]) => boolean;
    readonly message: string;
  } & GitOptions,
): Promise<MergeResult> {
  const { scope } = params;
  const git = gitAt(params.repository, params);
  const [relation, changed] = await Promise.all([
    relationOf(git, params),
    scope === null ? [] : diffNames(git, { from: params.startCommit, to: params.commit }),
  ]);
  if (relation.kind !== 'contains' && scope !== null) {
    const files = changed.filter((path) => !params.isInScope(path, scope));
    if (files.length > 0) return { kind: 'out-of-scope', files };
  }
  return advanceBranch({ ...params, relation });
}
