import { assertNever } from '../assert-never.ts';
import type { Decision } from '../command.ts';
import type { RunEvent } from '../event.ts';
import type {
  FailedJob,
  IntegrateResult,
  Job,
  JobOutcome,
  JobProblem,
  LandResult,
  MergeResult,
} from '../job.ts';
import type { RunState } from '../state.ts';
import { accept, staleJob } from './decision.ts';

/** A job that a task waits for. */
export function completeTaskJob<Done extends JobOutcome>(
  state: RunState,
  { jobId, taskId }: Extract<Job, { taskId: string }>,
  outcome: Done | FailedJob,
  eventOf: (done: Done) => RunEvent,
): Decision {
  const waits = state.tasks[taskId]?.waitsFor;
  if (waits?.kind !== 'job' || waits.jobId !== jobId) return staleJob(jobId);
  if (isFailed(outcome)) {
    return accept({ type: 'job.failed', data: { taskId, problem: outcome.problem } });
  }
  return accept(eventOf(outcome));
}

function isFailed(outcome: JobOutcome): outcome is FailedJob {
  return outcome.kind === 'failed';
}

export function mergeOutcome(taskId: string, result: MergeResult): RunEvent {
  switch (result.kind) {
    case 'merged':
      return { type: 'merge.completed', data: { taskId, tip: result.tip, how: result.how } };
    case 'conflict':
      return {
        type: 'merge.conflicted',
        data: { taskId, conflict: { with: result.tip, files: result.files } },
      };
    case 'out-of-scope': {
      const message = `Files outside the task's scope were changed: ${result.files.join(', ')}.`;
      const problem: JobProblem = { code: 'out_of_scope', message, output: null, next: [] };
      return { type: 'merge.refused', data: { taskId, problem } };
    }
    default:
      return assertNever(result);
  }
}

export function integrateOutcome(taskId: string, result: IntegrateResult): RunEvent {
  if (result.kind === 'conflict') {
    return {
      type: 'merge.conflicted',
      data: { taskId, conflict: { with: result.baseCommit, files: result.files } },
    };
  }
  return {
    type: 'integration.completed',
    data: { taskId, tip: result.tip, baseCommit: result.baseCommit },
  };
}

export function landOutcome(taskId: string, result: LandResult): RunEvent {
  switch (result.kind) {
    case 'landed':
      return {
        type: 'landing.completed',
        data: { taskId, commit: result.commit, checkout: result.checkout },
      };
    case 'base-moved':
      return { type: 'landing.deferred', data: { taskId, baseCommit: result.baseCommit } };
    case 'checkout-dirty': {
      const files = result.files.slice(0, 10).join(', ');
      const problem: JobProblem = {
        code: 'checkout_dirty',
        message: `The base branch is checked out in ${result.path} with uncommitted changes: ${files}.`,
        output: null,
        next: [`git -C ${shellWord(result.path)} stash --include-untracked`],
      };
      return { type: 'job.failed', data: { taskId, problem } };
    }
    default:
      return assertNever(result);
  }
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
