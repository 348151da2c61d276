import { describe, expect, it } from 'vitest';
import { usageOf } from '../run/usage.ts';
import { type ModelPrice, NANO_USD, reckonCost } from './price.ts';

const PRICE: ModelPrice = { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 };
const TOLD = { inputTokens: 1_000, outputTokens: 200, cacheReadTokens: 50_000, cacheWriteTokens: 3 };

describe('the cost of tokens', () => {
  it('is each kind by its price', () => {
    const nano = reckonCost(usageOf(TOLD), PRICE);
    expect((nano ?? 0) / NANO_USD).toBe(0.018_015);
  });

  it.each([
    ['tokens of a kind are', usageOf({ ...TOLD, cacheWriteTokens: null }), PRICE],
    ['the price of a kind is', usageOf(TOLD), { ...PRICE, cacheRead: null }],
  ] as const)('is unknown where %s unknown', (_, usage, price) => {
    expect(reckonCost(usage, price)).toBeNull();
  });

  it('does not ask for a price of what there is none of, nor for tokens that are free', () => {
    const usage = usageOf({ ...TOLD, cacheReadTokens: 0, cacheWriteTokens: null });
    expect(reckonCost(usage, { ...PRICE, cacheRead: null, cacheWrite: 0 })).toBe(8_000_000);
  });
});
