import type { Severity } from '../report/report.ts';

export interface RunFinding {
  readonly id: string;
  /** The phase it was found in; a remediation's findings name that phase. */
  readonly phase: string;
  /** The phase task it belongs to; null for findings of a phase. */
  readonly taskId: string | null;
  readonly source: 'review' | 'spec-review' | 'quality-review' | 'check' | 'person';
  /** The check that failed, for findings of checks. */
  readonly check: string | null;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly status: 'open' | 'closed' | 'waived';
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly closedBecause: string | null;
}
