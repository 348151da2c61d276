import type { RunEvent } from './event.ts';
import type { FinalizeChoice, RunPolicy } from '../policy/policy.ts';
import type { Report } from '../report/report.ts';
import type { Job, JobOutcome } from './job.ts';
import type { Usage } from './attempt.ts';

/** What may be asked of a run, by operators, nodes, agents and timers. */
export type RunCommand = OperatorCommand | NodeCommand | TimerCommand;

export interface CreateRun {
  readonly kind: 'create-run';
  readonly runId: string;
  readonly projectId: string;
  readonly repository: string;
  readonly nodeId: string;
  readonly designId: string;
  readonly designRevisionId: string;
  readonly feature: string;
  readonly baseBranch: string;
  readonly baseCommit: string;
  readonly baselineCommand: string | null;
  readonly phases: readonly { readonly number: string; readonly title: string | null }[];
  readonly policy: RunPolicy;
  /** The document that holds what machine work needs to know: commands, agents, limits. */
  readonly settingsDocument: string;
}

export type OperatorCommand =
  | { readonly kind: 'pause'; readonly now: boolean }
  | { readonly kind: 'resume' }
  | { readonly kind: 'cancel'; readonly reason: string | null }
  | { readonly kind: 'retry'; readonly taskId: string }
  | { readonly kind: 'skip'; readonly taskId: string; readonly reason: string }
  | { readonly kind: 'approve'; readonly gateId: string; readonly comment: string | null }
  | { readonly kind: 'reject'; readonly gateId: string; readonly comment: string }
  | { readonly kind: 'finalize'; readonly choice: FinalizeChoice };

export type NodeCommand =
  | {
      readonly kind: 'begin-attempt';
      readonly attemptId: string;
      readonly jobId: string;
      readonly epoch: number;
    }
  | {
      readonly kind: 'report';
      readonly attemptId: string;
      readonly epoch: number;
      readonly report: Report;
      /** The hash under which the control plane keeps a plan's text; null for other reports. */
      readonly document: string | null;
    }
  | {
      readonly kind: 'end-turn';
      readonly attemptId: string;
      readonly epoch: number;
      readonly turn: number;
      readonly outcome: TurnOutcome;
      readonly document: string | null;
      /** The text of a plan that was reported before the turn ended. */
      readonly reportedPlan: string | null;
    }
  | {
      readonly kind: 'warn-attempt';
      readonly attemptId: string;
      readonly epoch: number;
      /** The number of the host's frame: of frames it sends again, each warns once. */
      readonly frame: number;
      readonly message: string;
    }
  | {
      readonly kind: 'lose-attempt';
      readonly attemptId: string;
      readonly epoch: number;
      readonly reason: string;
    }
  | { readonly kind: 'complete-job'; readonly job: Job; readonly outcome: JobOutcome };

export type TimerCommand =
  | { readonly kind: 'fire-task-timer'; readonly taskId: string }
  | { readonly kind: 'fire-attempt-timer'; readonly attemptId: string };

/** How one turn of an agent ended, as its host saw it. */
export type TurnOutcome =
  | {
      readonly kind: 'completed';
      readonly report: Report | null;
      readonly finalMessage: string;
      readonly usage: Usage | null;
    }
  | { readonly kind: 'failed'; readonly error: TurnError; readonly usage: Usage | null };

export interface TurnError {
  readonly kind:
    | 'crash'
    | 'refusal'
    | 'authentication'
    | 'limit'
    | 'overload'
    | 'network'
    | 'no_progress'
    | 'timeout'
    | 'bad_output';
  readonly message: string;
  /** When a limit ends; null where the agent does not tell. */
  readonly resetAt: number | null;
}

/** A command that the state does not allow: a value, because guards are normal work. */
export interface Rejection {
  /** Stable, such as `run_ended`, `stale_attempt`, `task_in_progress`. */
  readonly code: string;
  readonly message: string;
  readonly next: readonly string[];
}

export type Decision =
  | { readonly ok: true; readonly events: readonly RunEvent[] }
  | { readonly ok: false; readonly rejection: Rejection };
