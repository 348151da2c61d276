export { beginMerge, type BegunMerge } from './begin-merge.ts';
export { changedFilesBetween } from './changed-files.ts';
export { collectWork, type CollectedWork } from './collect-work.ts';
export { commitLog, type LoggedCommit } from './commit-log.ts';
export { copyIncluded, type CopiedFiles, type SkipReason } from './copy-included.ts';
export { createBranch, type CreateBranchResult } from './create-branch.ts';
export { deleteBranch, moveToRescue, type DeleteBranchResult, type MovedToRescue } from './delete-branch.ts';
export { GitError, type GitErrorCode } from './git-error.ts';
export { identityEnvironment, TINA_IDENTITY, type GitIdentity } from './git-identity.ts';
export { GitStateError, type GitStateErrorCode } from './git-state-error.ts';
export {
  inspectRepository,
  type Inspection,
  type RepositoryFacts,
  type RepositoryProblem,
} from './inspect-repository.ts';
export { hooksDirectory } from './hooks-directory.ts';
export { integrateBase } from './integrate-base.ts';
export { land } from './land.ts';
export { listWorktrees, type Worktree } from './list-worktrees.ts';
export { mergeInto } from './merge-into.ts';
export { openPullRequest, type OpenedPullRequest } from './open-pull-request.ts';
export { prepareWorktree, type PreparedWorktree } from './prepare-worktree.ts';
export { pushBranch, type PushResult } from './push-branch.ts';
export { listRemotes, pushRemote, type Remote } from './remotes.ts';
export { removeWorktree } from './remove-worktree.ts';
export { rescueWork, type RescuedWork } from './rescue-work.ts';
export { detachWorktree, resetWorktree } from './reset-worktree.ts';
export type { GitOptions } from './run-git.ts';
export { readRef } from './update-ref.ts';
export { worktreeSize } from './worktree-size.ts';
export { shellQuote } from './shell-quote.ts';
