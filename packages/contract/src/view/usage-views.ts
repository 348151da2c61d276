import { MEASURES } from '@tina/domain';
import { z } from 'zod';
import { USAGE_GROUPS } from './usage-group.ts';

const amount = (meaning: string) =>
  z
    .object({
      known: z.number().nullable().describe('what is known of it; null: nothing is'),
      isAtLeast: z.boolean().describe('a part of it is not known, so that it is more than this'),
    })
    .describe(meaning);

export const usedSchema = z.object({
  attempts: z.int().describe('how many agents were asked for'),
  turns: z.int().describe('their turns that ended'),
  turnsUnderWay: z.int().describe('turns that are counted when they end'),
  wallMs: z.number().describe('how long turns took, added up, with those under way; in milliseconds'),
  inputTokens: amount('input that no cache had'),
  cacheReadTokens: amount('input that a cache had'),
  cacheWriteTokens: amount('input that went into a cache'),
  outputTokens: amount('output, thinking among it'),
  tokens: amount('all four kinds'),
  costToldUsd: amount('US dollars, as agents tell them'),
  costReckonedUsd: amount('US dollars, as the prices of the run make them of tokens'),
  costUsd: amount('US dollars: of each turn what its agent tells, else what the prices make of it'),
});

export const usageRowSchema = usedSchema.extend({
  key: z
    .string()
    .nullable()
    .describe('whose usage it is, by id, number or name; null: of none, such as no model said'),
  name: z.string().describe('for people'),
  context: z
    .object({
      tokens: z.int().describe('what the conversation holds'),
      window: z.int().nullable().describe('what fits in; null where the agent does not tell'),
    })
    .nullable()
    .describe('the fullest conversation of it; null where no agent tells'),
});

export const budgetViewSchema = z.object({
  scope: z.string().describe('`run`, `phase 1`, or `attempt` with its id'),
  measure: z.enum(MEASURES).describe('what is limited'),
  used: z.number().describe('what is known to be used; time in milliseconds, cost in US dollars'),
  limit: z.number().describe('what may be, with what people added'),
  isMet: z.boolean().describe('nothing of the scope starts or gets another turn'),
});

export const usageViewSchema = z.object({
  runId: z.string().describe('the run'),
  by: z.enum(USAGE_GROUPS).describe('what the rows are'),
  asOf: z.int().describe('when this was read, in milliseconds since 1970'),
  pricesAsOf: z
    .string()
    .nullable()
    .describe('the day of the price table that the run reckons with; null: it has none'),
  modelsWithoutPrice: z.array(z.string()).describe('models that were at work and have no price'),
  rows: z.array(usageRowSchema).describe('in the order in which they came'),
  total: usageRowSchema.describe('of the run'),
  budgets: z.array(budgetViewSchema).describe('every limit of the run, its phases, and its attempts at work'),
});

export type UsageSum = z.infer<typeof usedSchema>;
export type UsageRow = z.infer<typeof usageRowSchema>;
export type BudgetView = z.infer<typeof budgetViewSchema>;
export type UsageView = z.infer<typeof usageViewSchema>;
