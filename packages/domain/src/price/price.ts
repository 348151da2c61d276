import type { Usage } from '../run/usage.ts';

/** What a model costs, in US dollars for a million tokens. Null: nobody knows. 0: not charged for. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
}

/** Prices have four decimals at most, so that a token's price is a whole number of these: sums of them are exact. */
export const NANO_USD = 1_000_000_000;

/** What the usage costs by the price, in billionths of a dollar; null when a part of it cannot be known. */
export function reckonCost(usage: Usage, price: ModelPrice): number | null {
  const parts = [
    costOf(usage.inputTokens, price.input),
    costOf(usage.outputTokens, price.output),
    costOf(usage.cacheReadTokens, price.cacheRead),
    costOf(usage.cacheWriteTokens, price.cacheWrite),
  ];
  const known = parts.filter((part) => part !== null);
  return known.length < parts.length ? null : known.reduce((sum, part) => sum + part, 0);
}

/** What there is none of costs nothing, and neither does what is not charged for, whatever else is unknown. */
function costOf(tokens: number | null, usdPerMillion: number | null): number | null {
  if (tokens === 0 || usdPerMillion === 0) return 0;
  if (tokens === null || usdPerMillion === null) return null;
  return Math.round(tokens * usdPerMillion * 1_000);
}
