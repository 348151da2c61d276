import type { Role } from '../policy/role.ts';
import type { FindingVerdict, ReportedFinding } from '../report/report.ts';
import type { JobProblem } from './job.ts';

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
  /** The job that hands over the present turn; null for the first, which comes with the start. */
  readonly continueJobId: string | null;
  readonly report: RecordedReport | null;
  readonly failure: AttemptFailure | null;
  /** Why it was lost or cancelled. */
  readonly endReason: string | null;
  readonly parkedUntil: number | null;
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
  readonly requestedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
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
