import { z } from 'zod';

const text = (meaning: string) => z.string().describe(meaning);

/** What can be wrong: with the database, with a run's own record, beside it in the store, and on the machine. */
export const VERIFY_KINDS = [
  'database',
  'replay',
  'invariant',
  'rows',
  'snapshot',
  'copy',
  'job',
  'timer',
  'lease',
  'token',
  'worktree',
  'branch',
  'rescue-ref',
  'process',
  'session',
  'launch-script',
  'attempt-files',
  'check-files',
  'setup-files',
] as const;

export const verifyFindingSchema = z.object({
  kind: z.enum(VERIFY_KINDS).describe('what it is about'),
  name: text('which one: an id, a path, a ref, a session'),
  message: text('what is wrong'),
  mend: z
    .enum(['safe', 'ask', 'by-hand'])
    .describe('safe: `--repair` mends it; ask: it asks first, or needs `--yes`; by-hand: only a person can'),
  next: z.array(z.string()).describe('what to type'),
});

export const verifyViewSchema = z.object({
  runId: z
    .string()
    .nullable()
    .describe('the run; null for what belongs to no run, which is there when something is'),
  events: z.int().describe('how many were replayed'),
  clean: z.boolean().describe('what is stored is what the events make, and nothing was found'),
  problems: z.array(z.string()).describe('each says what is wrong and where'),
  findings: z.array(verifyFindingSchema).describe('the problems, each with how to mend it'),
});

export const repairedItemSchema = verifyFindingSchema.extend({
  runId: z.string().nullable().describe('the run; null for what belongs to none'),
  outcome: z.enum(['mended', 'left']).describe('what became of it'),
  why: text('what was done, or why it was left'),
});

export type VerifyKind = (typeof VERIFY_KINDS)[number];
export type VerifyFinding = z.infer<typeof verifyFindingSchema>;
export type VerifyView = z.infer<typeof verifyViewSchema>;
export type RepairedItem = z.infer<typeof repairedItemSchema>;
