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

export interface AgentToken {
  readonly secretHash: string;
  readonly runId: string;
  readonly attemptId: string;
  readonly epoch: number;
  readonly createdAt: number;
}
