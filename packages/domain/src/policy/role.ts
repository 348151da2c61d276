export const ROLES = [
  'validator',
  'planner',
  'implementer',
  'spec-reviewer',
  'quality-reviewer',
  'reviewer',
  'resolver',
] as const;

/** What an agent is asked to be in the pipeline. */
export type Role = (typeof ROLES)[number];

/** Roles whose commits become part of the run's branch. The others only read and report. */
export function isWritingRole(role: Role): boolean {
  return role === 'implementer' || role === 'resolver';
}
