import type { RunEvent } from './event.ts';
import type { FinalizeChoice, RunPolicy } from '../policy/policy.ts';
import type { Report } from '../report/report.ts';
import type { Job, JobOutcome } from './job.ts';
import type { Usage } from './usage.ts';
import type { Finding } from '../design/design.ts';
import type { TaskEdit } from './edit/task-edit.ts';
import type { Role } from '../policy/role.ts';
import type { DeliveryMode } from './message/message.ts';

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
  | {
      readonly kind: 'edit-task';
      readonly taskId: string;
      readonly edit: TaskEdit;
      /** How often the task had been edited when the editor looked at it; null: however often. */
      readonly revision: number | null;
    }
  | {
      readonly kind: 'approve';
      readonly gateId: string;
      readonly comment: string | null;
      /** How much a budget gets on top, in what its gate counts; left out: its own amount once more. */
      readonly add?: number;
    }
  | { readonly kind: 'reject'; readonly gateId: string; readonly comment: string }
  | { readonly kind: 'finalize'; readonly choice: FinalizeChoice }
  | {
      readonly kind: 'send-message';
      readonly to:
        | { readonly kind: 'attempt'; readonly attemptId: string }
        | { readonly kind: 'task'; readonly taskId: string };
      readonly text: string;
    }
  | { readonly kind: 'answer-question'; readonly questionId: string; readonly answer: string };

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
      readonly kind: 'tell-progress';
      readonly attemptId: string;
      readonly epoch: number;
      readonly message: string;
    }
  | {
      readonly kind: 'write-message';
      readonly attemptId: string;
      readonly epoch: number;
      readonly to: Recipient;
      readonly text: string;
    }
  | {
      readonly kind: 'ask-question';
      readonly attemptId: string;
      readonly epoch: number;
      readonly text: string;
      readonly choices: readonly string[];
    }
  | {
      /** The agent has got the message, which is the first of its inbox. */
      readonly kind: 'deliver-message';
      readonly attemptId: string;
      readonly epoch: number;
      readonly messageId: string;
      readonly mode: DeliveryMode;
    }
  | {
      /** The agent takes the first messages of its inbox, up to this one. */
      readonly kind: 'read-messages';
      readonly attemptId: string;
      readonly epoch: number;
      readonly upTo: string;
    }
  | {
      readonly kind: 'lose-attempt';
      readonly attemptId: string;
      readonly epoch: number;
      readonly reason: string;
    }
  | { readonly kind: 'complete-job'; readonly job: Job; readonly outcome: JobOutcome };

/** Whom an agent may write to. A role: everyone who is at work in it. */
export type Recipient =
  | { readonly kind: 'attempt'; readonly attemptId: string }
  | { readonly kind: 'task'; readonly taskId: string }
  | { readonly kind: 'role'; readonly role: Role }
  | { readonly kind: 'operator' };

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
  /** What is wrong with a text or its parts, one by one; `code` and `message` are those of the first. */
  readonly findings?: readonly Finding[];
}

export type Decision =
  | { readonly ok: true; readonly events: readonly RunEvent[] }
  | { readonly ok: false; readonly rejection: Rejection };
