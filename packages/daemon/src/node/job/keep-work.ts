import { existsSync } from 'node:fs';
import { attemptBranch, attemptRescueRef, type SettleAttemptJob } from '@tina/domain';
import {
  deleteBranch,
  detachWorktree,
  GitError,
  moveToRescue,
  readRef,
  rescueWork,
} from '../../git/index.ts';
import { readStatus, type Status } from '../../git/status.ts';
import { gitAt } from '../../git/run-git.ts';
import type { JobWork } from './job-work.ts';

export interface KeptWork {
  readonly headCommit: string | null;
  readonly rescueRef: string | null;
}

const NOTHING: KeptWork = { headCommit: null, rescueRef: null };

/**
 * Puts what the attempt did under its rescue ref and takes its branch away (G22). The slot's files stay; its HEAD is
 * detached. Done again, it finds what is kept.
 */
export async function keepWork(job: SettleAttemptJob, worktree: string, work: JobWork): Promise<KeptWork> {
  const status = await slotStatus(worktree, work);
  const isSimple = status?.branch === job.branch && status.paths.length === 0 && status.headCommit !== null;
  const kept = isSimple ? await keepCommitsOnly(job, worktree, status.headCommit, work) : null;
  // Without repository and worktree there is nothing that could be kept; with one of them there may be.
  if (status === null && !existsSync(worktree) && !existsSync(work.repository)) return NOTHING;
  return kept ?? keepEverything(job, worktree, status, work);
}

/** Null when the worktree is gone, or broken. */
async function slotStatus(worktree: string, { git }: JobWork): Promise<Status | null> {
  try {
    return await readStatus(gitAt(worktree, git), { untracked: 'normal' });
  } catch (error) {
    if (error instanceof GitError && (error.code === 'folder_missing' || error.code === 'git_failed'))
      return null;
    throw error;
  }
}

/**
 * The usual end, a clean tree on the attempt's branch, in two git processes side by side instead of eleven: 10 ms of the
 * time from one agent to the next. Null when something stands in the way; nothing is lost then.
 */
async function keepCommitsOnly(
  { branch, startCommit, attemptId }: SettleAttemptJob,
  worktree: string,
  headCommit: string,
  { git, repository }: JobWork,
): Promise<KeptWork | null> {
  const rescueRef = headCommit === startCommit ? null : attemptRescueRef(attemptId);
  const keep = rescueRef === null ? [] : [`create ${rescueRef} ${headCommit}`];
  // All or nothing: the branch goes only where it stands, and only with its commits kept.
  const changes = [...keep, `delete refs/heads/${branch} ${headCommit}`, ''].join('\n');
  const update = ['update-ref', '--no-deref', '-m'];
  const [keeping, detaching] = await Promise.allSettled([
    // Seen from the repository: from the worktree git would want to write to the HEAD that the other one writes.
    gitAt(repository, git)([...update, 'tina: keep', '--stdin'], { input: changes }),
    gitAt(worktree, git)([...update, 'tina: detach', 'HEAD', headCommit]),
  ]);
  for (const each of [keeping, detaching]) {
    if (each.status === 'rejected' && !isRefusal(each.reason)) throw each.reason;
  }
  // A HEAD that still names the branch that is gone is of no harm: the slot's next reset moves it.
  return keeping.status === 'fulfilled' ? { headCommit, rescueRef } : null;
}

function isRefusal(error: unknown): boolean {
  return error instanceof GitError && error.code === 'git_failed';
}

async function keepEverything(
  job: SettleAttemptJob,
  worktree: string,
  status: Status | null,
  { git }: JobWork,
): Promise<KeptWork> {
  const { branch, startCommit } = job;
  const ref = attemptRescueRef(job.attemptId);
  if (status !== null && isOfAnother(status, job)) {
    const { commit } = await moveToRescue({ ...git, branch, ref });
    return { headCommit: commit, rescueRef: commit === null ? null : ref };
  }
  const tip = await readRef({ ...git, ref: `refs/heads/${branch}` });
  const message = `Uncommitted work of attempt ${job.attemptId}`;
  const rescued = await rescueWork({ ...git, path: worktree, branch, startCommit, ref, message });
  if (status?.branch === branch) await detachWorktree({ ...git, path: worktree });
  if (tip !== null) await deleteBranch({ ...git, branch, expected: tip });
  return { headCommit: tip ?? status?.headCommit ?? null, rescueRef: rescued === null ? null : ref };
}

/** The slot was given away: this settling is an old one that is done again. */
function isOfAnother({ branch }: Status, job: SettleAttemptJob): boolean {
  return branch !== null && branch !== job.branch && branch.startsWith(attemptBranch(''));
}
