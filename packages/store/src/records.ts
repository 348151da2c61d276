export interface Project {
  readonly id: string;
  /** The real path of the main worktree. */
  readonly repository: string;
  readonly createdAt: number;
}

export interface NewDesign {
  readonly id: string;
  readonly projectId: string;
  /** Relative to the repository where it lies inside, else absolute. */
  readonly path: string;
  readonly revisionId: string;
  readonly hash: string;
  readonly text: string;
  readonly createdAt: number;
}

export interface SavedDesign {
  readonly designId: string;
  readonly revisionId: string;
}

export interface DesignRevision {
  readonly id: string;
  readonly designId: string;
  readonly path: string;
  readonly hash: string;
  readonly text: string;
  readonly createdAt: number;
}

export interface Document {
  readonly hash: string;
  readonly text: string;
}

/** An operator's request, with what came of it. */
export interface ControlAction {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly runId: string | null;
  readonly kind: string;
  readonly requestedBy: string;
  /** The request's payload, as JSON. */
  readonly payload: string;
  readonly outcome: 'done' | 'rejected';
  /** Why it was rejected. */
  readonly reasonCode: string | null;
  /** What was answered, as JSON; the same key gets it again. */
  readonly answer: string;
  readonly requestedAt: number;
}

/** A control action as the store keeps it: with its place among all of them, and among the events of its run (G28). */
export interface StoredAction extends ControlAction {
  /** Its place in the one sequence of all actions: the order in which they were committed. */
  readonly sequence: number;
  /** The number of its run's last event before it; null without a run, or when there is no such run. */
  readonly afterEvent: number | null;
  /** The last event that it caused, in the same transaction; `afterEvent` when it caused none. */
  readonly lastEvent: number | null;
}

export interface ActionRange {
  /** Null: of every run, and of none. */
  readonly runId: string | null;
  /** Exclusive: the sequence of an action. */
  readonly after: number;
  /** Of a run: only those that came when it had at least so many events; 0 for all. */
  readonly fromEvent: number;
  readonly limit: number;
}

export interface AgentToken {
  readonly secretHash: string;
  readonly runId: string;
  readonly attemptId: string;
  readonly epoch: number;
  readonly createdAt: number;
}
