import type { Measure } from '@tina/domain';
import { z } from 'zod';
import { AMOUNT_FORMS, parseBudgetAmount, parsePart } from './budget-amount.ts';
import { durationSchema } from './duration-schema.ts';

const budget = z.strictObject({
  turns: amount('turns').optional().describe('Turns of agents that ended'),
  wall: amount('wall').optional().describe('How long turns took, added up'),
  tokens: amount('tokens').optional().describe('Tokens read and written, those from caches among them'),
  cost: amount('cost').optional().describe('US dollars: what agents tell, else what prices make of tokens'),
});

const warnAtForm = 'must be a part of the budget such as 80%';

export const budgetsSchema = z
  .strictObject({
    attempt: budget.optional().describe('Of each attempt'),
    phase: budget.optional().describe('Of each phase of the design, with its remediations'),
    run: budget.optional().describe('Of the run'),
    warnAt: z
      .string({ error: warnAtForm })
      .transform((text, context) => parsePart(text) ?? refuse(context, warnAtForm))
      .optional()
      .describe('The part of a limit at which a warning is given'),
  })
  .describe('What agents may use up before a person is asked');

/** More than any model costs; beyond it a price for a token was likely meant. */
const MAX_PRICE = 10_000;

const price = z.number().min(0).max(MAX_PRICE);

export const pricesSchema = z
  .record(
    z.string().min(1),
    z.strictObject({
      input: price,
      output: price,
      cacheRead: price.optional(),
      cacheWrite: price.optional(),
    }),
  )
  .describe('What models cost, in US dollars for a million tokens; these go over the prices that Tina knows');

export const overloadSchema = z
  .strictObject({
    first: durationSchema.optional().describe('The first wait'),
    factor: z
      .number()
      .min(1)
      .max(100)
      .optional()
      .describe('How much longer each wait is than the one before'),
    cap: durationSchema.optional().describe('The longest wait'),
    times: z.int().min(0).max(1_000).optional().describe('So many waits in a row, then the task is blocked'),
  })
  .describe('How a service is waited for that is overloaded or cannot be reached');

function amount(measure: Measure) {
  const form = `must be ${AMOUNT_FORMS[measure]}`;
  return z
    .union([z.number(), z.string()], { error: form })
    .transform((value, context) => parseBudgetAmount(measure, String(value)) ?? refuse(context, form));
}

function refuse(context: z.core.$RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
