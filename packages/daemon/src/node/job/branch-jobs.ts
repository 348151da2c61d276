import {
  isInScope,
  type DiscardBranchJob,
  type IntegrateBaseJob,
  type JobOutcome,
  type LandJob,
  type MergeJob,
  type OpenPullRequestJob,
} from '@tina/domain';
import { shellQuote } from '../../git/shell-quote.ts';
import { JobProblemError } from './job-problem.ts';
import type { JobWork } from './job-work.ts';

/** Done again, it finds the commit merged. */
export async function performMerge(job: MergeJob, work: JobWork): Promise<JobOutcome> {
  await work.tools.launches.letPass(work.signal);
  return {
    kind: 'merge',
    result: await work.tools.platform.git.mergeInto({ ...work.git, ...job, lastTip: job.tip, isInScope }),
  };
}

/** Done again, it finds the base contained. */
export async function performIntegrateBase(job: IntegrateBaseJob, work: JobWork): Promise<JobOutcome> {
  return {
    kind: 'integrate-base',
    result: await work.tools.platform.git.integrateBase({ ...work.git, ...job, lastTip: job.tip }),
  };
}

/** Done again, it finds the base moved. */
export async function performLand(job: LandJob, work: JobWork): Promise<JobOutcome> {
  return { kind: 'land', result: await work.tools.platform.git.land({ ...work.git, ...job }) };
}

/** Done again, it finds the pull request open. */
export async function performOpenPullRequest(job: OpenPullRequestJob, work: JobWork): Promise<JobOutcome> {
  const { url, pushed, next, output } = await work.tools.platform.git.openPullRequest({
    ...work.git,
    ...job,
  });
  if (!pushed && output !== null) {
    const message = `${job.branch} could not be pushed.`;
    throw new JobProblemError({ code: 'push_failed', message, output, next });
  }
  if (output !== null) work.tools.log('warn', 'No pull request was opened.', { runId: job.runId, output });
  return { kind: 'open-pull-request', url, pushed, next };
}

/** Done again, it finds the branch gone and its commits under the ref. */
export async function performDiscardBranch(job: DiscardBranchJob, work: JobWork): Promise<JobOutcome> {
  const { branch, rescueRef } = job;
  const { commit, deletion } = await work.tools.platform.git.moveToRescue({
    ...work.git,
    branch,
    ref: rescueRef,
  });
  switch (deletion.kind) {
    case 'deleted':
    case 'absent':
      return { kind: 'discard-branch', rescueRef: commit === null ? null : rescueRef };
    case 'checked-out':
      throw new JobProblemError({
        code: 'branch_checked_out',
        message: `${branch} is checked out in ${deletion.path}, so it was not removed. Its commits are kept in ${rescueRef}.`,
        output: null,
        next: [`git -C ${shellQuote(deletion.path)} switch --detach`],
      });
    case 'moved':
      throw new JobProblemError({
        code: 'ref_moved',
        message: `${branch} was moved to ${deletion.commit} while it was to be removed.`,
        output: null,
        next: [`git log ${shellQuote(branch)}`],
      });
  }
}
