import { z } from 'zod';
import { parseDuration } from './duration.ts';

const form = 'must be a duration such as 30s, 10m or 1h30m';

/** A duration as configuration writes it; the value is milliseconds. */
export const durationSchema = z
  .string({ error: form })
  .describe('A duration such as 30s, 10m or 1h30m')
  .transform((text, context) => {
    const durationMs = parseDuration(text);
    if (durationMs !== null) return durationMs;
    context.addIssue({ code: 'custom', message: form });
    return z.NEVER;
  });
