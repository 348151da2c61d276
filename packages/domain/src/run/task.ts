import type { CheckResult } from '../check/check.ts';
import type { PlanTask } from '../plan/plan.ts';
import type { FinalizeChoice } from '../policy/policy.ts';
import type { JobProblem } from './job.ts';
import type { RunEnding } from './state.ts';

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
  /** How often an operator edited that; left out: never. */
  readonly edits?: number;
  /** Attempts of the present step, oldest first. */
  readonly stepAttempts: readonly string[];
  /** The attempt whose bad end was already answered by a decision to try again. */
  readonly answeredAttempt: string | null;
  readonly attemptCount: number;
  readonly retries: { readonly failure: number; readonly output: number; readonly lost: number };
  readonly reviewRounds: number;
  readonly block: TaskBlock | null;
  /** What whoever skipped it said. */
  readonly skipReason: string | null;
  /** What the last job of the present step came to, until the step uses it. */
  readonly problem: JobProblem | null;
  /** Where the work of a phase task begins, and its newest accepted commit. */
  readonly startCommit: string | null;
  readonly workCommit: string | null;
  /** What a conflict was about; a resolver's work. */
  readonly conflict: TaskConflict | null;
  readonly conflictRounds: number;
  /** What the conflicts were about that resolvers brought together: their work may change that as well. */
  readonly resolvedFiles: readonly string[];
  /** The tip after the merge of the present step. */
  readonly mergedCommit: string | null;
  /** The gate of the present step. */
  readonly gateId: string | null;
  /** What the comment of a rejected gate asks for. */
  readonly comment: string | null;
  readonly choice: FinalizeChoice | null;
  /** The base commit that the finalized tip contains. */
  readonly integratedBase: string | null;
  /** The landing that was tried last: where the base was to be moved from and to. */
  readonly landing: { readonly from: string; readonly to: string } | null;
  /** How often the base moved between its integration and the landing. */
  readonly landingRounds: number;
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

export type TaskKind =
  | 'validate-design'
  | 'setup-worktree'
  | 'plan-phase'
  | 'execute-phase'
  | 'review-phase'
  | 'phase-task'
  | 'finalize';

export type TaskStatus =
  | 'pending'
  | 'ready'
  | 'in_progress'
  | 'completed'
  | 'blocked'
  | 'skipped'
  | 'cancelled';

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
