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
import { found } from '../lookup.ts';
import type { RunState } from '../state.ts';
import { accept, staleJob } from './decision.ts';

/** A job that a task waits for. */
export function completeTaskJob<Done extends JobOutcome>(
  state: RunState,
  { jobId, taskId }: Job,
  outcome: Done | FailedJob,
  eventOf: (taskId: string, done: Done) => RunEvent,
): Decision {
  const waits = taskId === null ? null : found(state.tasks, taskId)?.waitsFor;
  if (taskId === null || waits?.kind !== 'job' || waits.jobId !== jobId) return staleJob(jobId);
  if (isFailed(outcome)) {
    return accept({ type: 'job.failed', data: { taskId, problem: outcome.problem } });
  }
  return accept(eventOf(taskId, outcome));
}

function isFailed(outcome: JobOutcome): outcome is FailedJob {
  return outcome.kind === 'failed';
}

export function mergeOutcome(taskId: string, result: MergeResult): RunEvent {
  if (result.kind === 'merged') {
    return { type: 'merge.completed', data: { taskId, tip: result.tip, how: result.how } };
  }
  if (result.kind === 'conflict') {
    const conflict = { with: result.tip, files: result.files };
    return { type: 'merge.conflicted', data: { taskId, conflict } };
  }
  const message = `Files outside the task's scope were changed: ${result.files.join(', ')}.`;
  const problem: JobProblem = { code: 'out_of_scope', message, output: null, next: [] };
  return { type: 'merge.refused', data: { taskId, problem } };
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
  if (result.kind === 'landed') {
    const { commit, checkout } = result;
    return { type: 'landing.completed', data: { taskId, commit, checkout } };
  }
  if (result.kind === 'base-moved') {
    return { type: 'landing.deferred', data: { taskId, baseCommit: result.baseCommit } };
  }
  const { path } = result;
  const files = result.files.slice(0, 10).join(', ');
  const problem: JobProblem = {
    code: 'checkout_dirty',
    message: `The base branch is checked out in ${path} with uncommitted changes: ${files}.`,
    output: null,
    next: [`git -C ${shellWord(path)} stash --include-untracked`],
  };
  return { type: 'job.failed', data: { taskId, problem } };
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
