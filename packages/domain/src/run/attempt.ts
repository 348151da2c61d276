import type { Role } from '../policy/role.ts';
import type { FindingVerdict, ReportedFinding } from '../report/report.ts';
import type { Use } from './budget/use.ts';
import type { JobProblem } from './job.ts';
import type { Usage } from './usage.ts';

export interface Attempt {
  readonly id: string;
  readonly taskId: string;
  /** Counted from 1 within its task. */
  readonly number: number;
  readonly role: Role;
  readonly agent: string;
  readonly model: string | null;
  /** Which setting says so; left out: the default. */
  readonly because?: string;
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
  /** What was sent back already; each reason once, but for a person's messages. */
  readonly returned: readonly ReturnReason[];
  /** The job the attempt waits for, if any. */
  readonly jobId: string | null;
  /** The job that hands over the present turn; null for the first, which comes with the start. */
  readonly continueJobId: string | null;
  readonly report: RecordedReport | null;
  readonly failure: AttemptFailure | null;
  /** Why it was lost or cancelled. */
  readonly endReason: string | null;
  readonly parkedUntil: number | null;
  /** When the limit that its agent met is over; left out: it met none. */
  readonly limitedUntil?: number;
  /** The wait for a service that did not serve the last turn, while such waits follow each other. */
  readonly backoff?: Backoff | null;
  /** What it is told when it goes on; null: that the limit is over. */
  readonly pendingMessage?: string | null;
  /** The gate of the budget that keeps it from its next turn. */
  readonly gateId?: string | null;
  /** The host's newest frame that warned of something; 0 before there is one. */
  readonly warnedFrame: number;
  readonly settled: boolean;
  readonly settleProblem: JobProblem | null;
  readonly rescueRef: string | null;
  readonly predecessor: string | null;
  readonly agentVersion: string | null;
  readonly hostPid: number | null;
  readonly session: string | null;
  readonly workingDirectory: string | null;
  readonly usage: Usage | null;
  /** What its turns that ended have used up; left out: none has. */
  readonly use?: Use;
  /** When the turn under way began, and when the attempt's own budget ends it. */
  readonly turnStartedAt?: number | null;
  readonly turnDueAt?: number | null;
  /** What the agent said last of how far it is; left out before the first word. */
  readonly progress?: AttemptProgress;
  readonly requestedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

export interface AttemptProgress {
  readonly message: string;
  readonly at: number;
}

export type AttemptStatus =
  | 'requested'
  | 'starting'
  | 'running'
  | 'parked'
  | 'succeeded'
  | 'failed'
  | 'lost'
  | 'cancelled';

export interface Backoff {
  readonly kind: 'overload' | 'network';
  /** Counted from 1, of so many in a row. */
  readonly number: number;
  readonly of: number;
}

export type ReturnReason = 'format' | 'evidence' | 'lint' | 'message';

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
  /** It met a limit, and another agent or model takes over. */
  | 'limit'
  | 'no_evidence'
  | 'agent_error'
  /** What its budget allows is used up. */
  | 'budget';

export interface AttemptFailure {
  readonly kind: AttemptFailureKind;
  readonly message: string;
  readonly output: string | null;
  readonly next: readonly string[];
}
