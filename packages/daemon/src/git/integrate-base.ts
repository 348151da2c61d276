import type { IntegrateResult } from '@tina/domain';

import { advanceBranch, relationOf } from './advance-branch.ts';
import { branchMissing } from './git-state-error.ts';
import { gitAt, type GitOptions } from './run-git.ts';
import { resolveRef } from './update-ref.ts';

/**
 * Merges the base branch's new commits into the run's branch by plumbing alone. `baseCommit` is the base's commit that
 * the tip then contains.
 * @throws GitStateError `branch_missing`, `ref_moved`.
 */
export async function integrateBase(
  params: {
    readonly repository: string;
    readonly branch: string;
    /** Where the branch is known to have stood, for who has to make it anew. */
    readonly lastTip?: string;
    readonly baseBranch: string;
    readonly message: string;
  } & GitOptions,
): Promise<IntegrateResult> {
  const { baseBranch } = params;
  const git = gitAt(params.repository, params);
  const baseCommit = await resolveRef(git, `refs/heads/${baseBranch}`);
  if (baseCommit === null) throw branchMissing(baseBranch);
  const relation = await relationOf(git, { ...params, commit: baseCommit });
  const result = await advanceBranch({ ...params, commit: baseCommit, relation });
  return result.kind === 'conflict'
    ? { ...result, baseCommit }
    : { kind: 'integrated', tip: result.tip, baseCommit };
}
