import type { CheckDefinition, CheckResult } from '../check/check.ts';
import type { FinalizeChoice, RunPolicy } from '../policy/policy.ts';
import type { Role } from '../policy/role.ts';
import type { Evidence, JobProblem } from './job.ts';
import type { AttemptFailure, Backoff, RecordedReport, ReturnReason } from './attempt.ts';
import type { BudgetScope } from './budget/scope.ts';
import type { Spent } from './budget/spent.ts';
import type { Measure } from '../policy/budget.ts';
import type { Usage } from './usage.ts';
import type { Gate } from './gate.ts';
import type { Addressee, DeliveryMode } from './message/message.ts';
import type { TaskChanges } from './edit/task-edit.ts';
import type { RunFinding } from './run-finding.ts';
import type { AcceptedPlan, BlockedTask, RunEnding, Team } from './state.ts';
import type { Task, TaskBlock, TaskConflict, TaskResult, TaskStep } from './task.ts';

/** What is known of a task when it enters the graph; the rest of it begins empty. */
export type NewTask = Pick<
  Task,
  'id' | 'name' | 'kind' | 'title' | 'phase' | 'teamId' | 'parentId' | 'dependsOn' | 'spec'
>;

/**
 * What a retry takes up again: the last attempt, of which only the settling failed; the step, with the task's accepted
 * work; or nothing, so that the work begins afresh from the tip.
 */
export type RetryKeeps = 'attempt' | 'work' | 'nothing';

/** Why a task tries again. */
export type RetryCause = 'failure' | 'output' | 'lost' | 'cancelled' | 'budget' | 'limit';

/**
 * Every fact a run can record, with what it carries. `at` and `number` are added when it is committed. This table is
 * the only list of events.
 */
export interface RunEventPayloads {
  'run.created': {
    readonly runId: string;
    readonly projectId: string;
    readonly repository: string;
    readonly nodeId: string;
    readonly designId: string;
    readonly designRevisionId: string;
    readonly feature: string;
    readonly branch: string;
    readonly baseBranch: string;
    readonly baseCommit: string;
    readonly baselineCommand: string | null;
    readonly policy: RunPolicy;
    readonly settingsDocument: string;
  };
  'run.paused': { readonly stopAttempts: boolean };
  'run.resumed': Record<never, never>;
  'run.blocked': { readonly tasks: readonly BlockedTask[] };
  'run.unblocked': Record<never, never>;
  'run.cancel_requested': { readonly reason: string | null };
  'run.cancelled': { readonly reason: string | null };
  'run.completed': { readonly ending: RunEnding };

  'team.created': Team;
  'phase.added': {
    readonly number: string;
    readonly title: string | null;
    readonly teamId: string;
    readonly remediates: string | null;
  };
  'task.added': NewTask;
  'dependency.added': { readonly taskId: string; readonly dependsOn: string };
  'task.readied': { readonly taskId: string };
  'task.started': { readonly taskId: string; readonly step: TaskStep; readonly commit: string | null };
  'task.advanced': { readonly taskId: string; readonly step: TaskStep };
  'task.completed': { readonly taskId: string; readonly result: TaskResult };
  'task.blocked': { readonly taskId: string; readonly block: TaskBlock };
  'task.skipped': { readonly taskId: string; readonly reason: string };
  'task.cancelled': { readonly taskId: string };
  'task.retried': { readonly taskId: string; readonly step: TaskStep; readonly keeps: RetryKeeps };
  'task.edited': {
    readonly taskId: string;
    readonly changes: TaskChanges;
    /** All that it waits for now. */
    readonly dependsOn: readonly string[];
  };
  'retry.scheduled': {
    readonly taskId: string;
    readonly attemptId: string;
    readonly cause: RetryCause;
    /** Null: at once. */
    readonly dueAt: number | null;
  };
  'timer.fired':
    | { readonly taskId: string; readonly attemptId: null }
    | { readonly taskId: null; readonly attemptId: string };

  'attempt.requested': {
    readonly attemptId: string;
    readonly taskId: string;
    readonly number: number;
    readonly role: Role;
    readonly agent: string;
    readonly model: string | null;
    /** Which setting says so; left out: the default. */
    readonly because?: string;
    readonly slot: number;
    readonly branch: string;
    readonly epoch: number;
    readonly startCommit: string;
    readonly mergeCommit: string | null;
    readonly predecessor: string | null;
    readonly jobId: string;
  };
  'attempt.starting': { readonly attemptId: string };
  'attempt.started': {
    readonly attemptId: string;
    readonly agentVersion: string;
    readonly workingDirectory: string;
    readonly hostPid: number;
    readonly session: string | null;
  };
  'attempt.reported': { readonly attemptId: string; readonly report: RecordedReport };
  'turn.ended': { readonly attemptId: string; readonly turn: number; readonly usage: Usage | null };
  'attempt.returned': {
    readonly attemptId: string;
    readonly reason: ReturnReason;
    readonly message: string;
    readonly turn: number;
    readonly jobId: string;
  };
  'attempt.held': {
    readonly attemptId: string;
    readonly reason: ReturnReason;
    readonly message: string;
  };
  'attempt.warned': { readonly attemptId: string; readonly frame: number; readonly message: string };
  'attempt.progressed': { readonly attemptId: string; readonly message: string };
  'attempt.parked': {
    readonly attemptId: string;
    readonly until: number;
    readonly message: string;
    /** Left out: it is a limit. */
    readonly backoff?: Backoff;
  };
  'attempt.resumed': {
    readonly attemptId: string;
    readonly turn: number;
    readonly jobId: string;
    /** What the agent is told; left out: that the limit is over. */
    readonly message?: string;
  };
  'attempt.succeeded': { readonly attemptId: string; readonly endCommit: string | null };
  'attempt.failed': { readonly attemptId: string; readonly failure: AttemptFailure };
  'attempt.lost': { readonly attemptId: string; readonly reason: string };
  'attempt.cancelled': { readonly attemptId: string; readonly reason: string };
  'attempt.settling': { readonly attemptId: string; readonly jobId: string };
  'attempt.settled': {
    readonly attemptId: string;
    readonly headCommit: string | null;
    readonly rescueRef: string | null;
  };
  'settling.failed': { readonly attemptId: string; readonly problem: JobProblem };

  'evidence.requested': {
    readonly attemptId: string;
    readonly jobId: string;
    readonly mustContain: readonly string[];
    readonly checks: readonly CheckDefinition[];
  };
  'evidence.collected': { readonly attemptId: string; readonly evidence: Evidence };
  'plan.accepted': { readonly taskId: string; readonly phase: string; readonly plan: AcceptedPlan };

  'finding.opened': Omit<RunFinding, 'status' | 'openedAt' | 'closedAt' | 'closedBecause'>;
  'finding.closed': { readonly findingId: string; readonly because: string };
  'finding.waived': { readonly findingId: string; readonly because: string };

  'gate.opened': Pick<Gate, 'id' | 'taskId' | 'kind' | 'question' | 'budget'>;
  'gate.approved': { readonly gateId: string; readonly comment: string | null };
  'gate.rejected': { readonly gateId: string; readonly comment: string };
  'budget.warned': Omit<Spent, 'limit'> & {
    /** Null where what is not known has no limit of its own. */
    readonly limit: number | null;
    /** `unknown`: a part of what is used is not known, and only the rest is counted. */
    readonly why: 'near' | 'unknown';
  };
  'budget.held': {
    readonly gateId: string;
    readonly taskId: string;
    /** The attempt that does not get its next turn; null: none of the task starts. */
    readonly attemptId: string | null;
  };
  'budget.raised': {
    readonly gateId: string;
    readonly scope: BudgetScope;
    readonly measure: Measure;
    readonly by: number;
    readonly limit: number;
  };
  'finalize.chosen': { readonly taskId: string; readonly choice: FinalizeChoice };

  'message.sent': {
    readonly messageId: string;
    /** The attempt whose agent wrote it; null: an operator did. */
    readonly from: string | null;
    readonly to: Addressee;
    readonly text: string;
    readonly answers: string | null;
  };
  'message.delivered': {
    readonly messageId: string;
    readonly attemptId: string;
    readonly turn: number;
    readonly mode: DeliveryMode;
  };
  'question.asked': {
    readonly questionId: string;
    readonly attemptId: string;
    readonly text: string;
    readonly choices: readonly string[];
  };
  'question.answered': { readonly questionId: string; readonly answer: string };

  'checks.requested': {
    readonly taskId: string;
    readonly jobId: string;
    readonly slot: number;
    readonly commit: string;
    readonly checks: readonly CheckDefinition[];
  };
  'checks.recorded': {
    readonly taskId: string;
    readonly commit: string;
    readonly checks: readonly CheckResult[];
  };
  'branch.requested': { readonly taskId: string; readonly jobId: string; readonly slot: number };
  'branch.created': { readonly taskId: string; readonly commit: string };
  'merge.requested': {
    readonly taskId: string;
    readonly jobId: string;
    readonly commit: string;
    readonly startCommit: string;
    readonly scope: readonly string[];
  };
  'merge.completed': {
    readonly taskId: string;
    readonly tip: string;
    readonly how: 'fast-forward' | 'merge-commit' | 'already-merged';
  };
  'merge.conflicted': { readonly taskId: string; readonly conflict: TaskConflict };
  'merge.refused': { readonly taskId: string; readonly problem: JobProblem };
  'integration.requested': { readonly taskId: string; readonly jobId: string };
  'integration.completed': { readonly taskId: string; readonly tip: string; readonly baseCommit: string };
  'landing.requested': { readonly taskId: string; readonly jobId: string };
  'landing.completed': {
    readonly taskId: string;
    readonly commit: string;
    readonly checkout: 'updated' | 'none';
  };
  /** The base moved while the result was checked: integrate again. */
  'landing.deferred': { readonly taskId: string; readonly baseCommit: string };
  'pull_request.requested': { readonly taskId: string; readonly jobId: string };
  'pull_request.opened': {
    readonly taskId: string;
    readonly url: string | null;
    readonly next: readonly string[];
  };
  'discard.requested': { readonly taskId: string; readonly jobId: string };
  'branch.discarded': { readonly taskId: string; readonly rescueRef: string | null };
  'job.failed': { readonly taskId: string; readonly problem: JobProblem };
  'slots.removal_requested': { readonly jobId: string; readonly slots: readonly number[] };
  'slots.removed': { readonly slots: readonly number[] };
  'slots.removal_failed': { readonly problem: JobProblem };
}

export type RunEventType = keyof RunEventPayloads;

/** An event as the domain makes it, before it has a number. */
export type RunEvent = {
  [T in RunEventType]: { readonly type: T; readonly data: RunEventPayloads[T] };
}[RunEventType];

/** An event as it is stored. */
export type RecordedEvent = RunEvent & {
  readonly runId: string;
  /** Counted from 1 within the run. */
  readonly number: number;
  readonly at: number;
};
