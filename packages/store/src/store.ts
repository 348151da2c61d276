import type { Job, JobKind, RecordedEvent, RunState } from '@tina/domain';
import type { RunAudit, RunMend } from './audit/audit.ts';
import type {
  ActionRange,
  AgentToken,
  ControlAction,
  DesignRevision,
  Document,
  NewDesign,
  Project,
  SavedDesign,
  StoredAction,
} from './records.ts';
import type { RunFilter, RunSummary } from './run/run-summary.ts';

/**
 * The port to everything that lasts. Every write of a run is one `commit`: all of it or nothing (G01). Methods are
 * asynchronous so that a database server can stand behind them. Times are milliseconds of the store's own clock.
 *
 * What belongs to normal work (a conflict, a duplicate, a lost lease) is an answer; a `StoreError` is thrown when the
 * database cannot do its part, and then nothing of the call was kept. Several processes may have the same store open.
 */
export interface Store {
  /** The store's clock: leases and deadlines are measured by it alone. */
  now(): Promise<number>;
  /**
   * Guards are tried in this order, and the first that refuses is the answer: duplicate action, stale job, stale timer,
   * busy design, busy branch, revision.
   *
   * @throws Error when the parts of the run's write do not belong together
   */
  commit(commit: Commit): Promise<CommitResult>;

  /** The newest snapshot with the events after it, folded by the model. */
  loadRun(runId: string): Promise<RunState | null>;
  /** The state that the rows hold, entity by entity, without any fold: what `verify` compares with. */
  loadRows(runId: string): Promise<RunState | null>;
  /** The revision of a run without its state; null when there is no such run. */
  runRevision(runId: string): Promise<number | null>;
  /** Newest first. */
  listRuns(filter: RunFilter): Promise<readonly RunSummary[]>;
  /** Which run a task, attempt, gate, finding or job (also one that ended) belongs to; null when there is none of that id. */
  findOwner(kind: EntityKind | 'job', id: string): Promise<string | null>;

  /** In order, and without a gap that a later read could fill (G24). */
  readEvents(range: EventRange): Promise<readonly StoredEvent[]>;
  /** 0 before the first event. */
  lastSequence(): Promise<number>;

  /** Answers with the project of that repository: the one given, or the one that was there before. */
  saveProject(project: Project): Promise<Project>;
  findProject(repository: string): Promise<Project | null>;
  /**
   * The design is the project's one of that path, its revision the one of that hash; each is made when it is not there.
   * Answers with the ids of both, which are the given ones only where they are new.
   */
  saveDesign(design: NewDesign): Promise<SavedDesign>;
  /** The id of the project's design at that path; null when it was never saved. */
  findDesign(projectId: string, path: string): Promise<string | null>;
  readDesignRevision(designRevisionId: string): Promise<DesignRevision | null>;
  /** A document is named by its content: one that is there already stays. */
  saveDocument(document: Document): Promise<void>;
  readDocument(hash: string): Promise<string | null>;

  findAction(idempotencyKey: string): Promise<ControlAction | null>;
  /** In the order of their commits, and without a gap that a later read could fill. */
  readActions(range: ActionRange): Promise<readonly StoredAction[]>;

  /**
   * A new incarnation of the node: claimed jobs of earlier ones go back to the queue with a higher epoch; leases of its
   * attempts stay, and end one whole period from now, so that the new daemon can adopt them.
   */
  registerNode(node: { readonly id: string; readonly name: string }): Promise<NodeRegistration>;
  /**
   * Takes queued jobs, oldest first, for the node. At most `agentCapacity` of them put an agent to work that was not:
   * `start-agent`, and `continue-agent` of the `parkedAttempts`. An incarnation that is not the node's present one gets
   * none (G10).
   */
  claimJobs(claim: JobClaim): Promise<readonly ClaimedJob[]>;
  /**
   * Extends the leases of jobs and attempts still held by the node; answers with those it no longer holds. An earlier
   * incarnation holds nothing.
   */
  renewLeases(renewal: LeaseRenewal): Promise<LeaseLoss>;
  /**
   * Puts jobs whose lease ended back into the queue with a higher epoch, and names attempts whose lease ended: again each
   * time, until a commit releases the lease. What a clock says after it jumped, or after more than two periods without a
   * sweep (the machine slept), ends no lease: holders get one more period. To be called at `nextLeaseEnd` at the latest.
   */
  sweep(): Promise<Sweep>;
  /** Jobs that are queued or claimed, oldest first, for `doctor`, the node's adoption and tests. */
  listJobs(filter: JobFilter): Promise<readonly JobRow[]>;
  /** The time of the earliest lease end, past while an expired attempt was not let go; null when nothing is held. */
  nextLeaseEnd(): Promise<number | null>;

  /** The longest due first. They stay until a commit fires or clears them. */
  dueTimers(now: number, limit: number): Promise<readonly Timer[]>;
  /** Null when none is set. */
  nextTimerAt(): Promise<number | null>;

  /** A secret belongs to one attempt: its hash is refused a second time. */
  saveToken(token: AgentToken): Promise<void>;
  /** Looks a token up by the SHA-256 of its secret. */
  findToken(secretHash: string): Promise<AgentToken | null>;

  /**
   * Removes of ended runs what only a run under way needs: the rows of its settled jobs, and its agents' tokens, whose
   * secrets are nobody's from then on. Its events, state, documents and control actions stay; so do jobs that are queued
   * or claimed, and everything of runs that go on.
   */
  forgetEnded(which: EndedRuns): Promise<Forgotten>;

  /** What stands beside the state of a run, all of one moment; null when there is no such run. */
  auditRun(runId: string): Promise<RunAudit | null>;
  /** Puts right what stands beside the state of a run, all of it or nothing. False when the run has moved on meanwhile. */
  mendRun(mend: RunMend): Promise<boolean>;

  /** Runs the database's own integrity check; an empty list is a clean bill. */
  checkIntegrity(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export type EntityKind = 'task' | 'attempt' | 'gate' | 'finding' | 'message' | 'question';

/** One atomic write. */
export interface Commit {
  readonly run: RunWrite | null;
  /**
   * Closes a claimed job; the whole commit is refused when the job is not held with that epoch any more. A lease that
   * ended still holds until a sweep took the job.
   */
  readonly completesJob: { readonly jobId: string; readonly epoch: number } | null;
  /**
   * Fires a timer: it is removed. The commit is refused when it is not there, or was set again for another time since it
   * was seen due.
   */
  readonly firesTimer: { readonly timerId: string; readonly dueAt: number } | null;
  readonly documents: readonly Document[];
  readonly tokens: readonly AgentToken[];
  /** The operator's request and its outcome; refused as `duplicate-action` when its key was used before. */
  readonly action: ControlAction | null;
}

export interface RunWrite {
  readonly runId: string;
  /** The revision the decision was made on; 0 for a new run. */
  readonly expectedRevision: number;
  /** Null exactly when the run is new. */
  readonly before: RunState | null;
  /** What the events make of `before`. Entities that are the same objects as there are not written again. */
  readonly after: RunState;
  readonly events: readonly RecordedEvent[];
  /** A job's id is used once: enqueuing one that ever was there is an error. */
  readonly enqueue: readonly EnqueuedJob[];
  /** Jobs that must not be worked on any more. Their holders lose them, and what these say of them is stale. */
  readonly withdraw: readonly string[];
  /** Setting a timer that is there moves it. */
  readonly setTimers: readonly Timer[];
  readonly clearTimers: readonly string[];
  /** From now on; replaces the lease of an earlier holder. */
  readonly grantLeases: readonly {
    readonly attemptId: string;
    readonly nodeId: string;
    readonly epoch: number;
    readonly durationMs: number;
  }[];
  readonly releaseLeases: readonly string[];
  /** For a new run: refuse when an unended run of this design exists. */
  readonly onlyRunOfDesign: boolean;
}

export type CommitResult =
  /** `lastSequence`: of its last event; the newest of all where it had none. */
  | { readonly kind: 'committed'; readonly lastSequence: number }
  | { readonly kind: 'revision-conflict' }
  | { readonly kind: 'stale-job' }
  | { readonly kind: 'stale-timer' }
  | { readonly kind: 'duplicate-action'; readonly action: ControlAction }
  | { readonly kind: 'design-busy'; readonly runId: string }
  /** An unended run of the project has the same branch. */
  | { readonly kind: 'branch-busy'; readonly runId: string };

export interface EnqueuedJob {
  readonly job: Job;
  readonly nodeId: string;
  /** Set for jobs that belong to an attempt. */
  readonly attemptId: string | null;
  /** The number of the event that caused it. */
  readonly causedBy: number;
}

export interface JobFilter {
  readonly runId?: string;
  readonly nodeId?: string;
}

export interface JobRow {
  readonly job: Job;
  readonly nodeId: string;
  readonly attemptId: string | null;
  readonly status: 'queued' | 'claimed';
  /** 1 at first; grows whenever the job goes back to the queue. */
  readonly epoch: number;
  readonly leaseEndsAt: number | null;
  readonly queuedAt: number;
}

export interface JobClaim {
  readonly nodeId: string;
  readonly incarnation: number;
  readonly limit: number;
  readonly agentCapacity: number;
  /** Attempts of the node whose agents are not at work: another turn takes a place, as a start does. */
  readonly parkedAttempts: readonly string[];
  readonly leaseDurationMs: number;
  readonly kinds?: readonly JobKind[];
}

export interface ClaimedJob {
  readonly job: Job;
  readonly epoch: number;
}

export interface LeaseRenewal {
  readonly nodeId: string;
  readonly incarnation: number;
  readonly jobs: readonly { readonly jobId: string; readonly epoch: number }[];
  readonly attempts: readonly { readonly attemptId: string; readonly epoch: number }[];
  readonly leaseDurationMs: number;
}

export interface LeaseLoss {
  readonly lostJobs: readonly string[];
  readonly lostAttempts: readonly string[];
}

export interface Sweep {
  readonly requeuedJobs: readonly string[];
  readonly expiredAttempts: readonly {
    readonly attemptId: string;
    readonly runId: string;
    readonly epoch: number;
  }[];
}

/** Those of these ids that have ended, or all that ended before a time. */
export type EndedRuns = { readonly runIds: readonly string[] } | { readonly endedBefore: number };

/** How many rows were removed. */
export interface Forgotten {
  readonly jobs: number;
  readonly tokens: number;
}

export interface NodeRegistration {
  /** Grows with every start of the node's daemon; jobs of earlier incarnations are back in the queue. */
  readonly incarnation: number;
}

export interface Timer {
  readonly id: string;
  readonly runId: string;
  readonly taskId: string | null;
  readonly attemptId: string | null;
  readonly dueAt: number;
}

export interface EventRange {
  /** One run's events by number, or all by global sequence. */
  readonly runId: string | null;
  /** Exclusive: a number within the run, or a global sequence. */
  readonly after: number;
  readonly limit: number;
}

/** An event with its place in the one sequence of all events. */
export type StoredEvent = RecordedEvent & { readonly sequence: number };
