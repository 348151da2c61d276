// Without zod: commands that start fast know the groups too.

/** By what usage can be added up. */
export const USAGE_GROUPS = ['attempt', 'task', 'phase', 'role', 'agent', 'model'] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];
