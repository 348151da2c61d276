import type { Role } from '../policy/role.ts';

export type Severity = 'blocker' | 'major' | 'minor';

/** A gap as a reviewer states it. */
export interface ReportedFinding {
  readonly severity: Severity;
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
}

/** A reviewer's word on a finding that was open when it began. */
export interface FindingVerdict {
  readonly findingId: string;
  readonly verdict: 'closed' | 'open';
}

/** The typed final word of an attempt. Which kinds a role may send is in `REPORT_KINDS`. */
export type Report =
  | { readonly kind: 'validation'; readonly status: 'pass' | 'warning' | 'stop'; readonly text: string }
  | { readonly kind: 'plan'; readonly markdown: string }
  | { readonly kind: 'work'; readonly summary: string }
  | {
      readonly kind: 'review';
      readonly verdict: 'pass' | 'gaps';
      readonly summary: string;
      readonly findings: readonly ReportedFinding[];
      readonly verdicts: readonly FindingVerdict[];
    }
  /** The agent says itself that it cannot do the work. */
  | { readonly kind: 'error'; readonly reason: string };

export type ReportKind = Report['kind'];

/** The kinds of report each role may send, besides `error`. */
export const REPORT_KINDS: Readonly<Record<Role, ReportKind>> = {
  validator: 'validation',
  planner: 'plan',
  implementer: 'work',
  resolver: 'work',
  'spec-reviewer': 'review',
  'quality-reviewer': 'review',
  reviewer: 'review',
};
