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

/** Roles that judge what others have written, in the run's branch or for it. */
export const REVIEWS_OF_WORK = [
  'spec-reviewer',
  'quality-reviewer',
  'reviewer',
] as const satisfies readonly Role[];

export function isReviewOfWork(role: Role): role is (typeof REVIEWS_OF_WORK)[number] {
  return REVIEWS_OF_WORK.some((each) => each === role);
}
