import { runRescueRef } from '../naming/names.ts';
import { attemptOf, taskOf } from './evolve/patch.ts';
import type { RecordedEvent } from './event.ts';
import type { Job } from './job.ts';
import type { RunState } from './state.ts';

/** What an event causes outside the run's state, written in the same transaction. */
export type Effect =
  | { readonly kind: 'enqueue'; readonly job: Job; readonly attemptId: string | null }
  | { readonly kind: 'withdraw'; readonly jobId: string }
  | {
      readonly kind: 'set-timer';
      readonly timerId: string;
      readonly taskId: string | null;
      readonly attemptId: string | null;
      readonly dueAt: number;
    }
  | { readonly kind: 'clear-timer'; readonly timerId: string }
  | { readonly kind: 'grant-lease'; readonly attemptId: string; readonly epoch: number }
  | { readonly kind: 'release-lease'; readonly attemptId: string };

/** The effects of an event that led from the state `before` to the state `after`. */
export function effects(before: RunState, event: RecordedEvent, after: RunState): readonly Effect[] {
  const job = jobOf(event, after);
  if (job) {
    const attemptId = 'attemptId' in job ? job.attemptId : null;
    return [{ kind: 'enqueue', job, attemptId }];
  }
  switch (event.type) {
    case 'attempt.starting':
      return [{ kind: 'grant-lease', attemptId: event.data.attemptId, epoch: epochOf(after, event.data.attemptId) }];
    case 'attempt.succeeded':
    case 'attempt.failed':
    case 'attempt.lost':
    case 'attempt.cancelled':
      return endOfAttempt(before, event.data.attemptId);
    case 'attempt.settled':
      return [{ kind: 'release-lease', attemptId: event.data.attemptId }];
    case 'retry.scheduled':
      return event.data.dueAt === null ? [] : [timer(event.data.taskId, null, event.data.dueAt)];
    case 'attempt.parked':
      return [timer(null, event.data.attemptId, event.data.until)];
    case 'task.cancelled':
      return endOfTask(before, event.data.taskId);
    default:
      return [];
  }
}

function epochOf(state: RunState, attemptId: string): number {
  return attemptOf(state, attemptId).epoch;
}

function timer(taskId: string | null, attemptId: string | null, dueAt: number): Effect {
  return { kind: 'set-timer', timerId: taskId ?? attemptId ?? '', taskId, attemptId, dueAt };
}

function endOfAttempt(before: RunState, attemptId: string): readonly Effect[] {
  const attempt = attemptOf(before, attemptId);
  return [
    ...(attempt.jobId === null ? [] : [{ kind: 'withdraw', jobId: attempt.jobId } as const]),
    ...(attempt.parkedUntil === null ? [] : [{ kind: 'clear-timer', timerId: attemptId } as const]),
  ];
}

function endOfTask(before: RunState, taskId: string): readonly Effect[] {
  const waits = taskOf(before, taskId).waitsFor;
  if (waits?.kind === 'job') return [{ kind: 'withdraw', jobId: waits.jobId }];
  return waits?.kind === 'timer' ? [{ kind: 'clear-timer', timerId: taskId }] : [];
}

/** The job that an event asks for; null for events that ask for none. */
function jobOf(event: RecordedEvent, state: RunState): Job | null {
  return attemptJob(event, state) ?? checkJob(event, state) ?? branchJob(event, state);
}

function attemptJob(event: RecordedEvent, state: RunState): Job | null {
  switch (event.type) {
    case 'attempt.requested': {
      const { attemptId, taskId, jobId, role, agent, model, slot, branch, epoch, startCommit, mergeCommit } = event.data;
      const common = { jobId, runId: state.id, taskId, attemptId };
      const needsSetup = state.policy.hasSetup && state.tip !== null;
      return {
        kind: 'start-agent',
        ...common,
        epoch,
        role,
        agent,
        model,
        slot,
        branch,
        startCommit,
        mergeCommit,
        needsSetup,
      };
    }
    case 'attempt.returned':
    case 'attempt.resumed': {
      const { attemptId, jobId, turn } = event.data;
      const { taskId, epoch } = attemptOf(state, attemptId);
      const message = event.type === 'attempt.returned' ? event.data.message : RESUMED_MESSAGE;
      return { kind: 'continue-agent', jobId, runId: state.id, taskId, attemptId, epoch, turn, message };
    }
    case 'evidence.requested': {
      const { attemptId, jobId, mustContain, checks } = event.data;
      const { taskId, slot, branch, startCommit } = attemptOf(state, attemptId);
      return {
        kind: 'collect-evidence',
        jobId,
        runId: state.id,
        taskId,
        attemptId,
        slot,
        branch,
        startCommit,
        mustContain,
        checks,
      };
    }
    case 'attempt.settling': {
      const { attemptId, jobId } = event.data;
      const { taskId, slot, branch, startCommit, status, failure } = attemptOf(state, attemptId);
      const reason = failure ? `${status}: ${failure.message}` : status;
      return { kind: 'settle-attempt', jobId, runId: state.id, taskId, attemptId, slot, branch, startCommit, reason };
    }
    default:
      return null;
  }
}

const RESUMED_MESSAGE = 'The limit is over. Go on where you stopped, and report when you are done.';

function checkJob(event: RecordedEvent, state: RunState): Job | null {
  if (event.type !== 'checks.requested') return null;
  const { taskId, jobId, slot, commit, checks } = event.data;
  return { kind: 'run-checks', jobId, runId: state.id, taskId, slot, commit, checks };
}

function branchJob(event: RecordedEvent, state: RunState): Job | null {
  const { branch, baseBranch, feature } = state;
  const common = { runId: state.id };
  switch (event.type) {
    case 'branch.requested': {
      const { taskId, jobId, slot } = event.data;
      return { kind: 'create-branch', ...common, taskId, jobId, branch, slot, commit: state.baseCommit };
    }
    case 'merge.requested': {
      const { taskId, jobId, commit, startCommit, scope } = event.data;
      const { name, title } = taskOf(state, taskId);
      const message = `Merge ${name}: ${title}\n\nTina-Run: ${state.id}\nTina-Task: ${taskId}\n`;
      return { kind: 'merge', ...common, taskId, jobId, branch, commit, startCommit, scope, message };
    }
    case 'integration.requested': {
      const message = `Merge ${baseBranch} into ${branch}\n\nTina-Run: ${state.id}\n`;
      return { kind: 'integrate-base', ...common, ...event.data, branch, baseBranch, message };
    }
    case 'landing.requested': {
      const expectedBase = taskOf(state, event.data.taskId).integratedBase ?? state.baseCommit;
      return { kind: 'land', ...common, ...event.data, branch, baseBranch, expectedBase, tip: state.tip ?? '' };
    }
    case 'pull_request.requested':
      return {
        kind: 'open-pull-request',
        ...common,
        ...event.data,
        branch,
        baseBranch,
        title: feature,
        body: pullRequestBody(state),
      };
    case 'discard.requested':
      return { kind: 'discard-branch', ...common, ...event.data, branch, rescueRef: runRescueRef(state.id) };
    case 'slots.removal_requested':
      return { kind: 'remove-slots', ...common, taskId: null, ...event.data };
    default:
      return null;
  }
}

function pullRequestBody(state: RunState): string {
  const done = Object.values(state.tasks).filter((task) => task.kind === 'phase-task' && task.status === 'completed');
  const lines = done.map((task) => `- phase ${task.phase}: ${task.title}`);
  return [`Run ${state.id} carried out the design of ${state.feature}.`, '', ...lines, ''].join('\n');
}
