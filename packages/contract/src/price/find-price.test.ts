import { describe, expect, it } from 'vitest';
import { findPrice } from './find-price.ts';
import { PRICE_ALIASES, PRICES_AS_OF, PUBLISHED_PRICES } from './published-prices.ts';

const OWN = { input: 7, output: 8, cacheRead: null, cacheWrite: null };
const of = (model: string): number | undefined => findPrice(model, {})?.input;

describe('the price of a model', () => {
  it.each([
    'claude-opus-4-5-20251101',
    'anthropic/claude-opus-4-5',
    'claude-opus-4-5[1m]',
    'us/anthropic/claude-opus-4-5-latest',
  ])('is found for %s', (model) => {
    expect(of(model)).toBe(5);
  });

  it('is found for a date with dashes, and for a name without a number', () => {
    expect(of('gpt-5.3-codex-2026-02-05')).toBe(1.75);
    expect(of('sonnet')).toBe(2);
  });

  it.each(['gpt-5-codex-mini', 'claude-opus', 'constructor', 'haiku-ish', ''])(
    'is not guessed for %j',
    (model) => {
      expect(findPrice(model, {})).toBeNull();
    },
  );

  it("is the user's where there is one, also for a part of the name", () => {
    expect(findPrice('opus', { opus: OWN })).toBe(OWN);
    expect(findPrice('x/my-model-20260101', { 'my-model': OWN })).toBe(OWN);
    expect(findPrice('claude-opus-5-5', { opus: OWN })?.input).toBe(4);
  });
});

describe('the table of prices', () => {
  const models = PUBLISHED_PRICES.flatMap((page) => Object.entries(page.models));

  it('names each model once, from a page of its provider, seen before the table was', () => {
    expect(new Set(models.map(([name]) => name)).size).toBe(models.length);
    for (const { source, seen } of PUBLISHED_PRICES) {
      expect(source).toMatch(/^https:\/\/(platform\.claude\.com|developers\.openai\.com|ai\.google\.dev)\//);
      expect(seen <= PRICES_AS_OF).toBe(true);
    }
  });

  it('has prices that a person can believe: output dearer than input, reading a cache cheaper', () => {
    for (const [name, { input, output, cacheRead, cacheWrite }] of models) {
      expect([name, input > 0, output > input, (cacheRead ?? 0) < input]).toEqual([name, true, true, true]);
      expect([name, cacheWrite === 0 || (cacheWrite ?? 0) > input]).toEqual([name, true]);
    }
  });

  it('knows what its other names stand for', () => {
    for (const model of Object.values(PRICE_ALIASES)) expect(of(model)).toBeGreaterThan(0);
  });
});
