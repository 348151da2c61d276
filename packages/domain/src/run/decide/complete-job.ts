import type { Decision } from '../command.ts';
import type { FailedJob, Job, JobKind, JobOutcome } from '../job.ts';
import type { RunState } from '../state.ts';
import {
  completeContinue,
  completeEvidence,
  completeSettling,
  completeStart,
} from './complete-attempt-job.ts';
import { completeTaskJob, integrateOutcome, landOutcome, mergeOutcome } from './complete-task-job.ts';
import { accept, reject, staleJob } from './decision.ts';

/** What a job came to. A job that nothing waits for any more is refused; its work is found again when it matters. */
export function completeJob(state: RunState, job: Job, outcome: JobOutcome): Decision {
  if (outcome.kind !== 'failed' && outcome.kind !== job.kind) {
    return reject(
      'wrong_outcome',
      `Job ${job.jobId} is a ${job.kind} job and cannot end as ${outcome.kind}.`,
    );
  }
  // Kind of job and kind of outcome belong together from here on; the compiler cannot see that.
  const rule = RULES[job.kind] as Rule<JobKind>;
  return rule(state, job, outcome);
}

type Rule<K extends JobKind> = (
  state: RunState,
  job: Extract<Job, { kind: K }>,
  outcome: Extract<JobOutcome, { kind: K }> | FailedJob,
) => Decision;

const RULES: { readonly [K in JobKind]: Rule<K> } = {
  'start-agent': completeStart,
  'continue-agent': completeContinue,
  'collect-evidence': completeEvidence,
  'settle-attempt': completeSettling,
  'run-checks': (state, job, outcome) =>
    completeTaskJob(state, job, outcome, (taskId, { checks }) => ({
      type: 'checks.recorded',
      data: { taskId, commit: job.commit, checks },
    })),
  'create-branch': (state, job, outcome) =>
    completeTaskJob(state, job, outcome, (taskId) => ({
      type: 'branch.created',
      data: { taskId, commit: job.commit },
    })),
  merge: (state, job, outcome) =>
    completeTaskJob(state, job, outcome, (taskId, { result }) => mergeOutcome(taskId, result)),
  'integrate-base': (state, job, outcome) =>
    completeTaskJob(state, job, outcome, (taskId, { result }) => integrateOutcome(taskId, result)),
  land: (state, job, outcome) =>
    completeTaskJob(state, job, outcome, (taskId, { result }) => landOutcome(taskId, result)),
  'open-pull-request': (state, job, outcome) =>
    completeTaskJob(state, job, outcome, (taskId, { url, next }) => ({
      type: 'pull_request.opened',
      data: { taskId, url, next },
    })),
  'discard-branch': (state, job, outcome) =>
    completeTaskJob(state, job, outcome, (taskId, { rescueRef }) => ({
      type: 'branch.discarded',
      data: { taskId, rescueRef },
    })),
  'remove-slots': (state, { jobId, slots }, outcome) => {
    if (state.slotsRemoval !== 'requested') return staleJob(jobId);
    if (outcome.kind === 'failed') {
      return accept({ type: 'slots.removal_failed', data: { problem: outcome.problem } });
    }
    return accept({ type: 'slots.removed', data: { slots } });
  },
};
