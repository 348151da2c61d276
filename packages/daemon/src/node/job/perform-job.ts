import type { Assignment } from '@tina/contract';
import { assertNever, type JobOutcome } from '@tina/domain';
import {
  performDiscardBranch,
  performIntegrateBase,
  performLand,
  performMerge,
  performOpenPullRequest,
} from './branch-jobs.ts';
import { performCollectEvidence } from './collect-evidence-job.ts';
import { performContinueAgent } from './continue-agent-job.ts';
import { performCreateBranch } from './create-branch-job.ts';
import { problemOf } from './job-problem.ts';
import type { JobWork, NodeTools } from './job-work.ts';
import { performRemoveSlots } from './remove-slots-job.ts';
import { performRunChecks } from './run-checks-job.ts';
import { performSettleAttempt } from './settle-attempt-job.ts';
import { performStartAgent } from './start-agent-job.ts';

/**
 * Does a job and says what came of it; whatever goes wrong is an outcome as well. Null when there is nothing to say.
 * Throws only the signal's reason.
 */
export async function performJob(
  assignment: Assignment,
  signal: AbortSignal,
  tools: NodeTools,
): Promise<JobOutcome | null> {
  const { repository, settings, agent } = assignment;
  const git = { repository, signal, environment: tools.environment };
  try {
    return await perform(assignment, { repository, settings, agent, signal, git, tools });
  } catch (error) {
    signal.throwIfAborted();
    const problem = problemOf(error);
    const { jobId, kind, runId } = assignment.job;
    tools.log('warn', `A job failed: ${problem.message}`, { jobId, kind, runId, code: problem.code, error });
    return { kind: 'failed', problem };
  }
}

async function perform({ job }: Assignment, work: JobWork): Promise<JobOutcome | null> {
  switch (job.kind) {
    case 'run-checks':
      return performRunChecks(job, work);
    case 'create-branch':
      return performCreateBranch(job, work);
    case 'start-agent':
      return performStartAgent(job, work);
    case 'continue-agent':
      return performContinueAgent(job, work);
    case 'collect-evidence':
      return performCollectEvidence(job, work);
    case 'settle-attempt':
      return performSettleAttempt(job, work);
    case 'merge':
      return performMerge(job, work);
    case 'integrate-base':
      return performIntegrateBase(job, work);
    case 'land':
      return performLand(job, work);
    case 'open-pull-request':
      return performOpenPullRequest(job, work);
    case 'discard-branch':
      return performDiscardBranch(job, work);
    case 'remove-slots':
      return performRemoveSlots(job, work);
    default:
      return assertNever(job);
  }
}
