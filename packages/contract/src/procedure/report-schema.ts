import { z } from 'zod';

const text = z.string().max(200_000);

const reportedFindingSchema = z.strictObject({
  severity: z.enum(['blocker', 'major', 'minor']).default('major'),
  message: z.string().min(1).max(10_000),
  file: z.string().nullable().default(null),
  line: z.int().min(1).nullable().default(null),
});

/** The typed final word of an attempt. */
export const reportInputSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('validation'), status: z.enum(['pass', 'warning', 'stop']), text }),
  z.strictObject({ kind: z.literal('plan'), markdown: z.string().max(1_000_000) }),
  z.strictObject({ kind: z.literal('work'), summary: text }),
  z.strictObject({
    kind: z.literal('review'),
    verdict: z.enum(['pass', 'gaps']),
    summary: text.default(''),
    findings: z.array(reportedFindingSchema).max(200).default([]),
    verdicts: z
      .array(z.strictObject({ findingId: z.string(), verdict: z.enum(['closed', 'open']) }))
      .max(500)
      .default([]),
  }),
  z.strictObject({ kind: z.literal('error'), reason: z.string().min(1).max(20_000) }),
]);
