import { describe, expect, it } from 'vitest';
import { parseBudgetAmount, parsePart } from './budget-amount.ts';

describe('an amount of a budget', () => {
  it.each([
    ['turns', '5', 5],
    ['turns', '2.5', null],
    ['wall', '1h30m', 5_400_000],
    ['wall', '90', null],
    ['tokens', '250000', 250_000],
    ['tokens', '250k', 250_000],
    ['tokens', '1.5M', 1_500_000],
    ['tokens', '1.5G', null],
    ['cost', '2.50', 2.5],
    ['cost', '$4', 4],
    ['cost', '-4', null],
    ['cost', '4 EUR', null],
    ['cost', '99999999999', null],
    ['tokens', '0', null],
    ['turns', '', null],
  ] as const)('%s: %j is %s', (measure, text, amount) => {
    expect(parseBudgetAmount(measure, text)).toBe(amount);
  });

  it.each([
    ['80%', 0.8],
    ['100%', 1],
    ['0%', null],
    ['101%', null],
    ['0.8', null],
  ])('the part %j is %s', (text, part) => {
    expect(parsePart(text)).toBe(part);
  });
});
