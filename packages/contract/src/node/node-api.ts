import type { Job, JobOutcome, Report, Role, TurnOutcome } from '@tina/domain';
import type { AgentDefinition } from '../config/agent-definition.ts';
import type { LaunchLimits, LaunchSubject } from '../host/launch.ts';

/** What a run's machine work needs to know beside its jobs; fixed when the run starts. Kept as a document of the run. */
export interface RunSettings {
  readonly agents: Readonly<Record<string, AgentDefinition>>;
  readonly setup: { readonly command: string; readonly timeoutMs: number } | null;
  /** Secrets by the names of their variables that checks and the set-up command get; runs of Tina 0.1 know none. */
  readonly env?: readonly string[];
  readonly worktreesRoot: string | null;
  readonly include: readonly string[];
  readonly limits: LaunchLimits & { readonly startMs: number };
}

/** What starting an agent takes beside its job. */
export interface AgentMaterials {
  readonly subject: LaunchSubject;
  readonly prompt: string;
  /** The attempt's secret, new with every claim of the job. */
  readonly token: string;
}

/** A job as a node gets it. */
export interface Assignment {
  readonly job: Job;
  readonly epoch: number;
  readonly repository: string;
  readonly settings: RunSettings;
  /** For `start-agent` only. */
  readonly agent: AgentMaterials | null;
}

/** An attempt that the store believes to be alive on the node. */
export interface HeldAttempt {
  readonly attemptId: string;
  readonly runId: string;
  readonly taskId: string;
  readonly role: Role;
  readonly epoch: number;
  readonly turn: number;
  /** `waking`: another turn is asked for, and waits for a place or has begun without a word of it. */
  readonly status: 'starting' | 'running' | 'parked' | 'waking';
  /** Whether its turn has ended and evidence is collected: its host is needed for another turn only. */
  readonly isTurnOver: boolean;
}

/** What an agent is to hear, as it is to hear it. */
export interface InboxMessage {
  readonly id: string;
  readonly text: string;
}

export type Answer =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** What a node's daemon asks of the control plane. A refusal is an answer, not an error. */
export interface NodeApi {
  /** Announces the node's daemon; jobs of its earlier incarnation are in the queue again. */
  register(node: {
    readonly nodeId: string;
    readonly name: string;
  }): Promise<{ readonly incarnation: number; readonly attempts: readonly HeldAttempt[] }>;
  claim(claim: {
    readonly nodeId: string;
    readonly incarnation: number;
    readonly limit: number;
    /** How many agents may be put to work, by a start or by another turn of a parked one. */
    readonly agentCapacity: number;
    /** Attempts whose agents are not at work: they wait for the end of a limit, or for the turn after it. */
    readonly parkedAttempts: readonly string[];
  }): Promise<readonly Assignment[]>;
  /** Calls back when there may be work for the node, and when jobs were withdrawn. Answers with the way to stop. */
  onWork(listener: (withdrawn: readonly string[]) => void): () => void;
  beginAttempt(begin: {
    readonly attemptId: string;
    readonly jobId: string;
    readonly epoch: number;
  }): Promise<Answer>;
  completeJob(completed: {
    readonly job: Job;
    readonly epoch: number;
    readonly outcome: JobOutcome;
  }): Promise<Answer>;
  endTurn(ended: {
    readonly attemptId: string;
    readonly epoch: number;
    readonly turn: number;
    readonly outcome: TurnOutcome;
  }): Promise<Answer>;
  /** Once for each frame of the attempt's host, however often it is told. */
  warn(warning: {
    readonly attemptId: string;
    readonly epoch: number;
    /** The frame's number. */
    readonly frame: number;
    readonly message: string;
  }): Promise<Answer>;
  /** Calls back when messages for an attempt have come, or were taken by its agent. Answers with the way to stop. */
  onMessages(listener: (attemptId: string) => void): () => void;
  /** What the attempt's agent has still to get, in its order; empty for one that is not the current one. */
  inbox(of: { readonly attemptId: string; readonly epoch: number }): Promise<readonly InboxMessage[]>;
  /** The agent has got a message; told again, it stays so. */
  deliverMessage(delivered: {
    readonly attemptId: string;
    readonly epoch: number;
    readonly messageId: string;
    readonly mode: 'in-turn' | 'turn-start';
  }): Promise<Answer>;
  loseAttempt(lost: {
    readonly attemptId: string;
    readonly epoch: number;
    readonly reason: string;
  }): Promise<Answer>;
  report(report: {
    readonly attemptId: string;
    readonly epoch: number;
    readonly report: Report;
  }): Promise<Answer>;
  /** Extends leases; answers with what is no longer the node's. */
  renew(renewal: {
    readonly nodeId: string;
    readonly incarnation: number;
    readonly jobs: readonly { readonly jobId: string; readonly epoch: number }[];
    readonly attempts: readonly { readonly attemptId: string; readonly epoch: number }[];
  }): Promise<{ readonly lostJobs: readonly string[]; readonly lostAttempts: readonly string[] }>;
  /** Whose secret this is; null when nobody's. */
  authenticate(
    token: string,
  ): Promise<{ readonly runId: string; readonly attemptId: string; readonly epoch: number } | null>;
}
