/** What of a run or an attempt can be on a machine. */
export type RemainKind =
  | 'worktree'
  | 'branch'
  | 'rescue-ref'
  | 'process'
  | 'session'
  | 'launch-script'
  | 'attempt-files'
  | 'check-files'
  | 'setup-files';

/** One thing on the machine that only Tina makes, and whose name is the whole id of what it belongs to. */
export interface Remain {
  readonly kind: RemainKind;
  /** Its path, branch, ref or session; of a process `<pid>@<start>`, which no other process has. */
  readonly name: string;
  /** The run or the attempt whose id it is named by. */
  readonly of: { readonly kind: 'run' | 'attempt'; readonly id: string };
  /** The slot, of a worktree. */
  readonly slot: number | null;
  /** The repository, of a worktree, a branch or a ref, where it is known. */
  readonly repository: string | null;
  /** Of a process: it and no other. */
  readonly process: { readonly pid: number; readonly startTime: string } | null;
}

/**
 * What Tina alone makes and nobody's work is in. Worktrees and branches go by the way of `Machine.removeLeftovers`; a rescue ref
 * may be the only copy of work.
 */
export type RemovableRemain = Remain & {
  readonly kind: Exclude<RemainKind, 'worktree' | 'branch' | 'rescue-ref'>;
};

/** What of runs and attempts is on a node's machine. It judges nothing: that takes the runs' states. */
export interface Remains {
  /**
   * Everything under this home, of whichever run; branches, and worktrees elsewhere, only of the runs that are named: another
   * home may work in the same repository. Of the refs that keep work, those of all runs in the repositories of these.
   *
   * @throws TinaError when the sessions cannot be listed
   */
  list(runs: readonly KnownRun[]): Promise<readonly Remain[]>;
  /**
   * Removes one, or ends it. What is gone already is fine.
   *
   * @throws TinaError for a process that outlives SIGKILL
   */
  remove(remain: RemovableRemain): Promise<void>;
}

export interface KnownRun {
  readonly runId: string;
  readonly repository: string;
  readonly attemptIds: readonly string[];
}
