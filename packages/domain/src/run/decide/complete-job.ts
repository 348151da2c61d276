import { assertNever } from '../assert-never.ts';
import type { Decision } from '../command.ts';
import type { RunEvent } from '../event.ts';
import type { Job, JobOutcome, JobProblem } from '../job.ts';
import { isActive } from '../queries.ts';
import type { Attempt, AttemptFailure, RunState } from '../state.ts';
import { accept, reject } from './decision.ts';
import { judgeWork } from './judge-turn.ts';

/** What a job came to. A job that nothing waits for any more is refused; its work is found again when it matters. */
export function completeJob(state: RunState, job: Job, outcome: JobOutcome): Decision {
  if (outcome.kind !== 'failed' && outcome.kind !== job.kind) {
    return reject('wrong_outcome', `Job ${job.jobId} is a ${job.kind} job and cannot end as ${outcome.kind}.`);
  }
  switch (job.kind) {
    case 'start-agent':
    case 'continue-agent':
    case 'collect-evidence':
    case 'settle-attempt':
      return completeAttemptJob(state, job, outcome);
    case 'remove-slots':
      return state.slotsRemoval === 'requested'
        ? accept(
            outcome.kind === 'failed'
              ? { type: 'slots.removal_failed', data: { problem: outcome.problem } }
              : { type: 'slots.removed', data: {} },
          )
        : staleJob(job.jobId);
    default:
      return completeTaskJob(state, job, outcome);
  }
}

function staleJob(jobId: string): Decision {
  return reject('stale_job', `Nothing waits for job ${jobId}.`);
}

type AttemptJob = Extract<Job, { attemptId: string }>;

function completeAttemptJob(state: RunState, job: AttemptJob, outcome: JobOutcome): Decision {
  const attempt = state.attempts[job.attemptId];
  if (!attempt) return staleJob(job.jobId);
  if (job.kind === 'settle-attempt') {
    if (attempt.jobId !== job.jobId || attempt.settled) return staleJob(job.jobId);
    return accept(settled(attempt, outcome));
  }
  if (!isActive(attempt)) return staleJob(job.jobId);
  if (job.kind === 'continue-agent') {
    if (attempt.turn !== job.turn) return staleJob(job.jobId);
    return outcome.kind === 'failed' ? accept(lost(attempt, outcome.problem)) : accept();
  }
  if (attempt.jobId !== job.jobId) return staleJob(job.jobId);
  if (outcome.kind === 'failed') return accept(failedToWork(attempt, job.kind, outcome.problem));
  if (outcome.kind === 'collect-evidence') return accept(...judgeWork(state, attempt, outcome.evidence));
  if (outcome.kind !== 'start-agent') return staleJob(job.jobId);
  const { agentVersion, workingDirectory, hostPid, session } = outcome;
  if (outcome.branch !== attempt.branch) {
    const message = `The agent host reported in on branch ${outcome.branch} instead of ${attempt.branch}.`;
    return accept(failed(attempt, { kind: 'start_failed', message, output: null, next: [] }));
  }
  return accept({
    type: 'attempt.started',
    data: { attemptId: attempt.id, agentVersion, workingDirectory, hostPid, session },
  });
}

function settled(attempt: Attempt, outcome: JobOutcome): RunEvent {
  if (outcome.kind === 'failed') {
    return { type: 'settling.failed', data: { attemptId: attempt.id, problem: outcome.problem } };
  }
  const { headCommit, rescueRef } =
    outcome.kind === 'settle-attempt' ? outcome : { headCommit: null, rescueRef: null };
  return { type: 'attempt.settled', data: { attemptId: attempt.id, headCommit, rescueRef } };
}

function failedToWork(attempt: Attempt, job: 'start-agent' | 'collect-evidence', problem: JobProblem): RunEvent {
  if (problem.code === 'host_lost') return lost(attempt, problem);
  const kind: AttemptFailure['kind'] =
    job === 'collect-evidence' ? 'no_evidence' : problem.code === 'setup_failed' ? 'setup_failed' : 'start_failed';
  const { message, output, next } = problem;
  return failed(attempt, { kind, message, output, next });
}

function failed(attempt: Attempt, failure: AttemptFailure): RunEvent {
  return { type: 'attempt.failed', data: { attemptId: attempt.id, failure } };
}

function lost(attempt: Attempt, problem: JobProblem): RunEvent {
  return { type: 'attempt.lost', data: { attemptId: attempt.id, reason: problem.message } };
}

type TaskJob = Exclude<Job, AttemptJob | { kind: 'remove-slots' }>;

function completeTaskJob(state: RunState, job: TaskJob, outcome: JobOutcome): Decision {
  const taskId = job.taskId ?? '';
  const waits = state.tasks[taskId]?.waitsFor;
  if (waits?.kind !== 'job' || waits.jobId !== job.jobId) return staleJob(job.jobId);
  if (outcome.kind === 'failed') return accept({ type: 'job.failed', data: { taskId, problem: outcome.problem } });
  const event = taskOutcome(taskId, job, outcome);
  return event ? accept(event) : staleJob(job.jobId);
}

function taskOutcome(taskId: string, job: TaskJob, outcome: JobOutcome): RunEvent | null {
  switch (outcome.kind) {
    case 'run-checks':
      return job.kind === 'run-checks'
        ? { type: 'checks.recorded', data: { taskId, commit: job.commit, checks: outcome.checks } }
        : null;
    case 'create-branch':
      return job.kind === 'create-branch'
        ? { type: 'branch.created', data: { taskId, commit: job.commit } }
        : null;
    case 'merge':
      return mergeOutcome(taskId, outcome.result);
    case 'integrate-base': {
      const { result } = outcome;
      if (result.kind === 'conflict') {
        return { type: 'merge.conflicted', data: { taskId, conflict: { with: result.baseCommit, files: result.files } } };
      }
      return { type: 'integration.completed', data: { taskId, tip: result.tip, baseCommit: result.baseCommit } };
    }
    case 'land':
      return landOutcome(taskId, outcome.result);
    case 'open-pull-request':
      return { type: 'pull_request.opened', data: { taskId, url: outcome.url, next: outcome.next } };
    case 'discard-branch':
      return { type: 'branch.discarded', data: { taskId, rescueRef: outcome.rescueRef } };
    default:
      return null;
  }
}

function mergeOutcome(taskId: string, result: Extract<JobOutcome, { kind: 'merge' }>['result']): RunEvent {
  switch (result.kind) {
    case 'merged':
      return { type: 'merge.completed', data: { taskId, tip: result.tip, how: result.how } };
    case 'conflict':
      return { type: 'merge.conflicted', data: { taskId, conflict: { with: result.tip, files: result.files } } };
    case 'out-of-scope': {
      const message = `Files outside the task's scope were changed: ${result.files.join(', ')}.`;
      return { type: 'merge.refused', data: { taskId, problem: { code: 'out_of_scope', message, output: null, next: [] } } };
    }
    default:
      return assertNever(result);
  }
}

function landOutcome(taskId: string, result: Extract<JobOutcome, { kind: 'land' }>['result']): RunEvent {
  switch (result.kind) {
    case 'landed':
      return { type: 'landing.completed', data: { taskId, commit: result.commit, checkout: result.checkout } };
    case 'base-moved':
      return { type: 'landing.deferred', data: { taskId, baseCommit: result.baseCommit } };
    case 'checkout-dirty': {
      const problem: JobProblem = {
        code: 'checkout_dirty',
        message: `The base branch is checked out in ${result.path} with uncommitted changes: ${result.files.slice(0, 10).join(', ')}.`,
        output: null,
        next: [`git -C ${result.path} stash --include-untracked`, 'then retry this task'],
      };
      return { type: 'job.failed', data: { taskId, problem } };
    }
    default:
      return assertNever(result);
  }
}
