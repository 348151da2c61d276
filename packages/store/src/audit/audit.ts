import type { JobKind, RunState } from '@tina/domain';
import type { RunWrite, Timer } from '../store.ts';

/** A column that copies a field of the row's data, and differs from it. */
export interface WrongCopy {
  readonly table: string;
  /** The row's. */
  readonly id: string;
  readonly column: string;
  readonly found: string | null;
  /** By the row's data. */
  readonly expected: string | null;
}

/** What the store keeps of a run beside its state: to be held against the state at that revision. */
export interface RunAudit {
  readonly revision: number;
  readonly wrongCopies: readonly WrongCopy[];
  /** Jobs that are queued or claimed. */
  readonly openJobs: readonly { readonly id: string; readonly kind: JobKind }[];
  readonly timers: readonly Timer[];
  /** Ids of the attempts that are leased. */
  readonly leases: readonly string[];
  /** Ids of the attempts that have a token. */
  readonly tokens: readonly string[];
}

/** What is put right of a run whose events are whole. */
export interface RunMend {
  /** What the events fold to. Copied columns are always written anew from the data beside them. */
  readonly state: RunState;
  /** Whether the rows are made anew from the state. */
  readonly replacesRows: boolean;
  /** Whether the snapshots go: the next load folds from the first event. */
  readonly dropsSnapshots: boolean;
  readonly withdraw: readonly string[];
  /** Jobs that are done or withdrawn and must be done again: back in the queue with a higher epoch. */
  readonly requeue: readonly string[];
  readonly setTimers: readonly Timer[];
  readonly clearTimers: readonly string[];
  readonly grantLeases: RunWrite['grantLeases'];
  readonly releaseLeases: readonly string[];
  /** Attempts whose tokens go. */
  readonly dropTokens: readonly string[];
}
