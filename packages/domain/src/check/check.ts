export const CHECK_STAGES = ['task', 'phase', 'finalize'] as const;

/** When a check runs. Every check runs on the base commit too. */
export type CheckStage = (typeof CHECK_STAGES)[number];

/** A verification command. */
export interface CheckDefinition {
  readonly name: string;
  /** A shell command line, run in the worktree's root. */
  readonly command: string;
  readonly at: readonly CheckStage[];
  readonly timeoutMs: number;
  /**
   * A regular expression; each match's first group (or the whole match) names one failure in the output. With it,
   * a check that failed before may fail again with the same failures; without it only the outcome is compared.
   */
  readonly failures: string | null;
}

export type CheckOutcome = 'passed' | 'failed' | 'timed_out' | 'could_not_run';

/** What came of a check on one commit. */
export interface CheckResult {
  readonly name: string;
  readonly outcome: CheckOutcome;
  readonly exitCode: number | null;
  readonly durationMs: number;
  /** Names of single failures, when the definition says how to find them; sorted, without doubles. */
  readonly failures: readonly string[];
  /** Where the whole output is kept, relative to the state folder; null when there is none. */
  readonly outputPath: string | null;
  /** The end of the output. */
  readonly outputTail: string;
}
