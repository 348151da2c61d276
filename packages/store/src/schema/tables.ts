import type { Generated } from 'kysely';

/**
 * The columns as SQL sees them: ids are text, times integer milliseconds, `data` and `state` JSON text. What belongs to a
 * run carries `run_id`, so that a database can be split by it.
 */
export interface Tables {
  readonly projects: ProjectRow;
  readonly designs: DesignRow;
  readonly design_revisions: DesignRevisionRow;
  readonly documents: DocumentRow;
  readonly runs: RunRow;
  readonly teams: EntityRow & { readonly name: string };
  readonly tasks: EntityRow & {
    readonly name: string;
    readonly phase: string | null;
    readonly status: string;
  };
  readonly attempts: EntityRow & { readonly task_id: string; readonly status: string };
  readonly findings: EntityRow & { readonly phase: string; readonly status: string };
  readonly gates: EntityRow & { readonly task_id: string; readonly status: string };
  readonly messages: EntityRow & { readonly attempt_id: string | null };
  readonly questions: EntityRow & { readonly attempt_id: string | null };
  readonly events: EventRow;
  readonly snapshots: SnapshotRow;
  readonly jobs: QueuedJobRow;
  readonly leases: LeaseRow;
  readonly timers: TimerRow;
  readonly actions: ActionRow;
  readonly nodes: NodeRow;
  readonly tokens: TokenRow;
  readonly clocks: ClockRow;
  readonly schema_version: { readonly version: number };
}

interface ProjectRow {
  readonly id: string;
  readonly repository: string;
  readonly created_at: number;
}

interface DesignRow {
  readonly id: string;
  readonly project_id: string;
  readonly path: string;
  readonly created_at: number;
}

interface DesignRevisionRow {
  readonly id: string;
  readonly design_id: string;
  readonly hash: string;
  readonly text: string;
  readonly created_at: number;
}

interface DocumentRow {
  readonly hash: string;
  readonly text: string;
}

/** A run's own fields; those with a column are kept in it alone, the rest in `data`. */
export interface RunRow {
  readonly id: string;
  readonly project_id: string;
  readonly repository: string;
  readonly design_id: string;
  readonly feature: string;
  readonly branch: string;
  readonly status: string;
  readonly revision: number;
  readonly created_at: number;
  readonly ended_at: number | null;
  readonly updated_at: number;
  readonly data: string;
}

/** Of the entity tables, `data` holds the whole entity; the other columns are copies to query by. */
interface EntityRow {
  readonly run_id: string;
  readonly id: string;
  readonly data: string;
}

export interface EventRow {
  readonly sequence: Generated<number>;
  readonly run_id: string;
  readonly number: number;
  readonly type: string;
  readonly at: number;
  readonly data: string;
}

interface SnapshotRow {
  readonly run_id: string;
  readonly number: number;
  readonly state: string;
}

/** Rows stay when a job is done or withdrawn, so that its id is never used again and its run is still found, until the run has ended. */
interface QueuedJobRow {
  readonly queue_order: Generated<number>;
  readonly id: string;
  readonly run_id: string;
  readonly node_id: string;
  readonly attempt_id: string | null;
  readonly kind: string;
  readonly caused_by: number;
  readonly status: 'queued' | 'claimed' | 'done' | 'withdrawn';
  /** Grows with every return to the queue. */
  readonly epoch: number;
  /** The incarnation of the node that holds it. */
  readonly incarnation: number | null;
  readonly lease_ends_at: number | null;
  readonly lease_duration_ms: number | null;
  readonly queued_at: number;
  readonly data: string;
}

interface LeaseRow {
  readonly attempt_id: string;
  readonly run_id: string;
  readonly node_id: string;
  readonly epoch: number;
  readonly lease_ends_at: number;
  readonly lease_duration_ms: number;
}

interface TimerRow {
  readonly id: string;
  readonly run_id: string;
  readonly task_id: string | null;
  readonly attempt_id: string | null;
  readonly due_at: number;
}

interface ActionRow {
  readonly sequence: Generated<number>;
  readonly id: string;
  readonly idempotency_key: string;
  readonly run_id: string | null;
  readonly kind: string;
  readonly requested_by: string;
  readonly payload: string;
  readonly outcome: 'done' | 'rejected';
  readonly reason_code: string | null;
  readonly answer: string;
  readonly requested_at: number;
  /** The run's last event before it, and the last one that it caused. */
  readonly after_event: number | null;
  readonly last_event: number | null;
}

interface NodeRow {
  readonly id: string;
  readonly name: string;
  readonly incarnation: number;
  readonly registered_at: number;
}

interface TokenRow {
  readonly secret_hash: string;
  readonly run_id: string;
  readonly attempt_id: string;
  readonly epoch: number;
  readonly created_at: number;
}

/** When the store last looked at its leases; tells a clock that jumped from a holder that fell silent. */
interface ClockRow {
  readonly id: 'sweep';
  readonly seen_at: number;
}
