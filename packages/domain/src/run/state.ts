import type { CheckResult } from '../check/check.ts';
import type { PlanTask } from '../plan/plan.ts';
import type { RunPolicy } from '../policy/policy.ts';
import type { Attempt } from './attempt.ts';
import type { BudgetState } from './budget/budget-state.ts';
import type { Gate } from './gate.ts';
import type { Message, Question } from './message/message.ts';
import type { RunFinding } from './run-finding.ts';
import type { Task } from './task.ts';

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
  /** What was said of budgets: by `run`, `phase <number>` and `attempt <task id>`. */
  readonly budgets?: Readonly<Record<string, BudgetState>>;
  /** In the order in which they were written; none is ever taken away, so that their number gives the next id. */
  readonly messages: Readonly<Record<string, Message>>;
  readonly questions: Readonly<Record<string, Question>>;
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
  | {
      readonly kind: 'merged';
      readonly commit: string;
      readonly baseBranch: string;
      readonly checkout: 'updated' | 'none';
    }
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
