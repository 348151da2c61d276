import type { CheckResult } from '../check/check.ts';
import type { PlanTask } from '../plan/plan.ts';
import type { FinalizeChoice, RunPolicy } from '../policy/policy.ts';
import type { Role } from '../policy/role.ts';
import type { FindingVerdict, ReportedFinding, Severity } from '../report/report.ts';
import type { JobProblem } from './job.ts';

/** The whole state of a run: what its events fold to. Times are milliseconds since the epoch. */
export interface RunState {
  readonly id: string;
  /** The number of the last event folded in. */
  readonly revision: number;
  readonly projectId: string;
  readonly repository: string;
  readonly nodeId: string;
  readonly designId: string;
  readonly designRevisionId: string;
  readonly feature: string;
  readonly branch: string;
  readonly baseBranch: string;
  readonly baseCommit: string;
  /** The command of the design's success metrics; null when there is none. */
  readonly baselineCommand: string | null;
  readonly policy: RunPolicy;
  /** The document that holds what machine work needs to know: commands, agents, limits. */
  readonly settingsDocument: string;
  /** `draining` is no state of its own: a paused run may still have attempts that end. */
  readonly control: 'active' | 'paused' | 'cancelling' | 'ended';
  readonly ending: RunEnding | null;
  readonly cancelReason: string | null;
  /** Set while nothing can go on without a person. */
  readonly blocked: readonly BlockedTask[] | null;
  readonly createdAt: number;
  readonly endedAt: number | null;
  /** The commit of the run's branch; null before it exists. */
  readonly tip: string | null;
  readonly phases: readonly Phase[];
  readonly teams: Readonly<Record<string, Team>>;
  readonly tasks: Readonly<Record<string, Task>>;
  readonly attempts: Readonly<Record<string, Attempt>>;
  readonly findings: Readonly<Record<string, RunFinding>>;
  readonly gates: Readonly<Record<string, Gate>>;
  readonly baseline: readonly CheckResult[];
  /** Slots that were ever used, so that they can be removed. */
  readonly slots: readonly number[];
  /** Whether the worktrees are gone, or being removed, after the end. */
  readonly slotsRemoval: 'none' | 'requested' | 'done' | 'failed';
  /** The last number given to each kind of id. */
  readonly counters: Readonly<Record<IdKind, number>>;
}

/** Letters of the ids made from the run's counters: team, task, attempt, finding, gate, job. */
export type IdKind = 'm' | 't' | 'a' | 'f' | 'g' | 'j';

export type RunEnding =
  | { readonly kind: 'merged'; readonly commit: string; readonly baseBranch: string; readonly checkout: 'updated' | 'none' }
  | { readonly kind: 'pull-request'; readonly url: string | null; readonly next: readonly string[] }
  | { readonly kind: 'kept'; readonly branch: string }
  | { readonly kind: 'discarded'; readonly rescueRef: string | null }
  | { readonly kind: 'cancelled'; readonly reason: string | null };

export interface BlockedTask {
  readonly taskId: string;
  readonly code: string;
  readonly message: string;
}

export interface Phase {
  readonly number: string;
  readonly title: string | null;
  readonly teamId: string;
  /** The phase whose gaps this one closes. */
  readonly remediates: string | null;
  /** The tip when its execution began, and when it ended. */
  readonly startCommit: string | null;
  readonly endCommit: string | null;
  readonly plan: AcceptedPlan | null;
}

/** A plan that passed the lint; its text is kept as a document. */
export interface AcceptedPlan {
  readonly document: string;
  readonly title: string;
  readonly tasks: readonly PlanTask[];
}

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly phase: string | null;
}

export type TaskKind =
  | 'validate-design'
  | 'setup-worktree'
  | 'plan-phase'
  | 'execute-phase'
  | 'review-phase'
  | 'phase-task'
  | 'finalize';

export type TaskStatus = 'pending' | 'ready' | 'in_progress' | 'completed' | 'blocked' | 'skipped' | 'cancelled';

/** Where an in_progress task stands; which of them belong to which task is in ARCHITECTURE.md. */
export type TaskStep =
  | 'baseline'
  | 'validate'
  | 'branch'
  | 'plan'
  | 'approve'
  | 'tasks'
  | 'checks'
  | 'implement'
  | 'spec-review'
  | 'quality-review'
  | 'merge'
  | 'resolve'
  | 'review'
  | 'choose'
  | 'integrate'
  | 'land'
  | 'pull-request'
  | 'discard'
  | 'keep';

/** The one thing a task waits for. */
export type WaitsFor =
  | { readonly kind: 'attempt'; readonly attemptId: string }
  | { readonly kind: 'job'; readonly jobId: string; readonly slot: number | null }
  | { readonly kind: 'timer'; readonly dueAt: number }
  | { readonly kind: 'gate'; readonly gateId: string };

export interface Task {
  readonly id: string;
  readonly name: string;
  readonly kind: TaskKind;
  readonly title: string;
  readonly phase: string | null;
  readonly teamId: string;
  readonly parentId: string | null;
  readonly dependsOn: readonly string[];
  readonly status: TaskStatus;
  readonly step: TaskStep | null;
  readonly waitsFor: WaitsFor | null;
  /** What the plan says of a phase task. */
  readonly spec: PlanTask | null;
  /** Attempts of the present step, oldest first. */
  readonly stepAttempts: readonly string[];
  /** The attempt whose bad end was already answered by a decision to try again. */
  readonly answeredAttempt: string | null;
  readonly attemptCount: number;
  readonly retries: { readonly failure: number; readonly output: number; readonly lost: number };
  readonly reviewRounds: number;
  readonly block: TaskBlock | null;
  /** What the last job of the present step came to, until the step uses it. */
  readonly problem: JobProblem | null;
  /** Where the work of a phase task begins, and its newest accepted commit. */
  readonly startCommit: string | null;
  readonly workCommit: string | null;
  /** What a conflict was about; a resolver's work. */
  readonly conflict: TaskConflict | null;
  readonly conflictRounds: number;
  /** The tip after the merge of the present step. */
  readonly mergedCommit: string | null;
  /** The gate of the present step. */
  readonly gateId: string | null;
  /** What the comment of a rejected gate asks for. */
  readonly comment: string | null;
  readonly choice: FinalizeChoice | null;
  /** The base commit that the finalized tip contains. */
  readonly integratedBase: string | null;
  /** What landing, pull request or discarding came to, until the run ends with it. */
  readonly ending: RunEnding | null;
  readonly checks: readonly CheckResult[];
  readonly checksCommit: string | null;
  readonly result: TaskResult | null;
  readonly addedAt: number;
  readonly readyAt: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

export interface TaskConflict {
  /** The commit that could not be merged in. */
  readonly with: string;
  readonly files: readonly string[];
}

export interface TaskBlock {
  /** Stable, such as `retries_spent`, `remediation_limit`, `validation_stopped`. */
  readonly code: string;
  readonly message: string;
  readonly output: string | null;
  /** What to type. */
  readonly next: readonly string[];
}

export type TaskResult =
  | { readonly kind: 'validated'; readonly status: 'pass' | 'warning'; readonly text: string }
  | { readonly kind: 'prepared'; readonly branch: string }
  | { readonly kind: 'planned'; readonly document: string; readonly tasks: number }
  | { readonly kind: 'executed'; readonly from: string; readonly to: string }
  | { readonly kind: 'reviewed'; readonly verdict: 'pass' | 'gaps'; readonly summary: string }
  | { readonly kind: 'merged'; readonly commit: string }
  | { readonly kind: 'finalized'; readonly ending: RunEnding };

export type AttemptStatus =
  | 'requested'
  | 'starting'
  | 'running'
  | 'parked'
  | 'succeeded'
  | 'failed'
  | 'lost'
  | 'cancelled';

export interface Attempt {
  readonly id: string;
  readonly taskId: string;
  /** Counted from 1 within its task. */
  readonly number: number;
  readonly role: Role;
  readonly agent: string;
  readonly model: string | null;
  readonly slot: number;
  readonly branch: string;
  /** Fences what earlier holders of the task say. */
  readonly epoch: number;
  readonly status: AttemptStatus;
  readonly startCommit: string;
  readonly mergeCommit: string | null;
  readonly endCommit: string | null;
  /** The turn under way, counted from 1; 0 before the first. */
  readonly turn: number;
  /** What was sent back already; each reason once. */
  readonly returned: readonly ReturnReason[];
  /** The job the attempt waits for, if any. */
  readonly jobId: string | null;
  readonly report: RecordedReport | null;
  readonly failure: AttemptFailure | null;
  readonly parkedUntil: number | null;
  readonly settled: boolean;
  readonly settleProblem: JobProblem | null;
  readonly rescueRef: string | null;
  readonly predecessor: string | null;
  readonly agentVersion: string | null;
  readonly hostPid: number | null;
  readonly session: string | null;
  readonly workingDirectory: string | null;
  readonly usage: Usage | null;
  readonly requestedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

export type ReturnReason = 'format' | 'evidence' | 'lint';

/** Counted by the agent; null where it does not say. */
export interface Usage {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costUsd: number | null;
}

/** A report as events keep it: a plan's text is a document of its own. */
export type RecordedReport =
  | { readonly kind: 'validation'; readonly status: 'pass' | 'warning' | 'stop'; readonly text: string }
  | { readonly kind: 'plan'; readonly document: string }
  | { readonly kind: 'work'; readonly summary: string }
  | {
      readonly kind: 'review';
      readonly verdict: 'pass' | 'gaps';
      readonly summary: string;
      readonly findings: readonly ReportedFinding[];
      readonly verdicts: readonly FindingVerdict[];
    }
  | { readonly kind: 'error'; readonly reason: string };

export type AttemptFailureKind =
  | 'start_failed'
  | 'setup_failed'
  | 'crash'
  | 'refusal'
  | 'authentication'
  | 'overload'
  | 'network'
  | 'no_progress'
  | 'timeout'
  | 'bad_output'
  | 'no_evidence'
  | 'agent_error';

export interface AttemptFailure {
  readonly kind: AttemptFailureKind;
  readonly message: string;
  readonly output: string | null;
  readonly next: readonly string[];
}

export interface RunFinding {
  readonly id: string;
  /** The phase it was found in; a remediation's findings name that phase. */
  readonly phase: string;
  /** The phase task it belongs to; null for findings of a phase. */
  readonly taskId: string | null;
  readonly source: 'review' | 'spec-review' | 'quality-review' | 'check' | 'person';
  /** The check that failed, for findings of checks. */
  readonly check: string | null;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly status: 'open' | 'closed' | 'waived';
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly closedBecause: string | null;
}

export interface Gate {
  readonly id: string;
  readonly taskId: string;
  readonly kind: 'plan' | 'review' | 'finalize';
  readonly status: 'open' | 'approved' | 'rejected';
  readonly question: string;
  readonly comment: string | null;
  readonly openedAt: number;
  readonly answeredAt: number | null;
}
