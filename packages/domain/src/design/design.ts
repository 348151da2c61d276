/** A design document, read. Line numbers count from 1. */
export interface Design {
  readonly title: string | null;
  readonly phases: readonly DesignPhase[];
  readonly successMetrics: SuccessMetrics | null;
  /** The text of the section "Architectural Context", without its heading. */
  readonly architecturalContext: string | null;
}

export interface DesignPhase {
  /** `1`, `2`, ... as written in the heading. */
  readonly number: string;
  readonly title: string | null;
  /** Where the heading stands. */
  readonly line: number;
  /** The Markdown of the section below its heading, without the next phase's. */
  readonly body: string;
}

/** The section "Success Metrics"; every part may be missing. */
export interface SuccessMetrics {
  readonly goal: string | null;
  readonly baselineCommand: string | null;
  readonly progressCommand: string | null;
  readonly roiThreshold: string | null;
}

/** Something wrong with a document, with its place. */
export interface Finding {
  /** A stable name of the rule, such as `phase_gap`. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Counted from 1; null when the document as a whole is meant. */
  readonly line: number | null;
}
