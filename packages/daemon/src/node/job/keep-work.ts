import { attemptBranch, attemptRescueRef, type SettleAttemptJob } from '@tina/domain';
import type { Status } from '../../git/index.ts';
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
  const { git, files } = work.tools.platform;
  const status = await git.slotStatus({ ...work.git, path: worktree });
  const isSimple = status?.branch === job.branch && status.paths.length === 0 && status.headCommit !== null;
  const kept = isSimple ? await keepCommitsOnly(job, worktree, status.headCommit, work) : null;
  // Without repository and worktree there is nothing that could be kept; with one of them there may be.
  if (status === null && !files.exists(worktree) && !files.exists(work.repository)) return NOTHING;
  return kept ?? keepEverything(job, worktree, status, work);
}

/**
 * Keeps what the attempt's evidence has found without looking again; null when that is not any more where its branch stands.
 * Without evidence, as `keepWork`.
 */
export async function keepExpected(
  job: SettleAttemptJob,
  worktree: string,
  work: JobWork,
): Promise<KeptWork | null> {
  const { seenHeads } = work.tools;
  const expected = seenHeads.get(job.attemptId);
  seenHeads.delete(job.attemptId);
  return expected === undefined
    ? keepWork(job, worktree, work)
    : keepCommitsOnly(job, worktree, expected, work);
}

/** What else there is in the slot than what was kept before, if anything was, is kept as well. */
export async function keepRest(
  begun: Promise<KeptWork | null> | null,
  job: SettleAttemptJob,
  worktree: string,
  work: JobWork,
): Promise<KeptWork> {
  const [early] = await Promise.allSettled([begun]);
  if (early.status === 'rejected' || early.value === null) return keepWork(job, worktree, work);
  const status = await work.tools.platform.git.slotStatus({ ...work.git, path: worktree });
  const isSame = status?.headCommit === early.value.headCommit && status?.paths.length === 0;
  if (isSame && status.branch === null) return early.value;
  const late = await keepWork(job, worktree, work);
  return {
    headCommit: late.headCommit ?? early.value.headCommit,
    rescueRef: late.rescueRef ?? early.value.rescueRef,
  };
}

async function keepCommitsOnly(
  { branch, startCommit, attemptId }: SettleAttemptJob,
  path: string,
  headCommit: string,
  { git, tools }: JobWork,
): Promise<KeptWork | null> {
  const ref = headCommit === startCommit ? null : attemptRescueRef(attemptId);
  const isKept = await tools.platform.git.keepAndRelease({ ...git, path, branch, commit: headCommit, ref });
  return isKept ? { headCommit, rescueRef: ref } : null;
}

async function keepEverything(
  job: SettleAttemptJob,
  worktree: string,
  status: Status | null,
  { git, tools }: JobWork,
): Promise<KeptWork> {
  const { branch, startCommit } = job;
  const repository = tools.platform.git;
  const ref = attemptRescueRef(job.attemptId);
  if (status !== null && isOfAnother(status, job)) {
    const { commit } = await repository.moveToRescue({ ...git, branch, ref });
    return { headCommit: commit, rescueRef: commit === null ? null : ref };
  }
  const tip = await repository.readRef({ ...git, ref: `refs/heads/${branch}` });
  const message = `Uncommitted work of attempt ${job.attemptId}`;
  const rescued = await repository.rescueWork({ ...git, path: worktree, branch, startCommit, ref, message });
  if (status?.branch === branch) await repository.detachWorktree({ ...git, path: worktree });
  if (tip !== null) await repository.deleteBranch({ ...git, branch, expected: tip });
  return { headCommit: tip ?? status?.headCommit ?? null, rescueRef: rescued === null ? null : ref };
}

/** The slot was given away: this settling is an old one that is done again. */
function isOfAnother({ branch }: Status, job: SettleAttemptJob): boolean {
  return branch !== null && branch !== job.branch && branch.startsWith(attemptBranch(''));
}
