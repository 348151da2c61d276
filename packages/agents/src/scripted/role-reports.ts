import type { ReportKind, Role } from '@tina/domain';

/**
 * The domain's `REPORT_KINDS`, which a test compares. Said again here because an agent run from its sources would spend
 * a quarter of a second on loading the domain for seven words.
 */
export const ROLE_REPORTS: Readonly<Record<Role, ReportKind>> = {
  validator: 'validation',
  planner: 'plan',
  implementer: 'work',
  'spec-reviewer': 'review',
  'quality-reviewer': 'review',
  reviewer: 'review',
  resolver: 'work',
};

export const SCRIPTED_ROLES = Object.keys(ROLE_REPORTS) as readonly Role[];
