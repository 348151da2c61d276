import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NANO_USD } from '../../price/price.ts';
import { type Usage, usageOf } from '../usage.ts';
import { addUse, NO_USE, type Use, useOfTurn } from './use.ts';

const PRICE = { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 };

const tokens = fc.option(fc.nat(10_000_000));
const usage: fc.Arbitrary<Usage | null> = fc.option(
  fc.record({
    inputTokens: tokens,
    cacheReadTokens: tokens,
    cacheWriteTokens: tokens,
    outputTokens: tokens,
    costUsd: fc.option(fc.nat(100_000).map((cents) => cents / 100)),
    contextTokens: tokens,
    contextWindow: tokens,
  }),
);

function sum(uses: readonly Use[]): Use {
  return uses.reduce(addUse, NO_USE);
}

describe('what turns use up', () => {
  it('adds up to the token and to the billionth of a dollar, however it is grouped', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(usage, fc.nat(5), fc.boolean())), (turns) => {
        const uses = turns.map(([each, , hasPrice]) => useOfTurn(each, 1_000, hasPrice ? PRICE : null));
        const groups = new Map<number, Use>();
        for (const [index, [, group]] of turns.entries()) {
          groups.set(group, addUse(groups.get(group) ?? NO_USE, uses[index] ?? NO_USE));
        }
        expect(sum([...groups.values()])).toEqual(sum(uses));
        const input = turns.reduce((total, [each]) => total + (each?.inputTokens ?? 0), 0);
        const unknown = turns.filter(([each]) => each?.inputTokens == null).length;
        expect(sum(uses).input).toEqual({ known: input, missing: unknown });
        expect(sum(uses)).toMatchObject({ turns: turns.length, wallMs: turns.length * 1_000 });
      }),
    );
  });

  it('is never zero for what is unknown', () => {
    expect(useOfTurn(null, 5, PRICE)).toMatchObject({
      turns: 1,
      tokens: { known: 0, missing: 1 },
      cost: { known: 0, missing: 1 },
    });
  });

  it('knows a part of the tokens', () => {
    const use = useOfTurn(usageOf({ inputTokens: 10, outputTokens: 5 }), 5, PRICE);
    expect(use).toMatchObject({ tokens: { known: 15, missing: 1 }, reckoned: { known: 0, missing: 1 } });
  });

  it('counts the cost that the agent tells, and reckons it only where it does not', () => {
    const all = { inputTokens: 1_000_000, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
    const told = useOfTurn(usageOf({ ...all, costUsd: 3 }), 1, PRICE);
    const silent = useOfTurn(usageOf(all), 1, PRICE);
    expect(addUse(told, silent)).toMatchObject({
      told: { known: 3 * NANO_USD, missing: 1 },
      reckoned: { known: 8 * NANO_USD, missing: 0 },
      cost: { known: 7 * NANO_USD, missing: 0 },
    });
  });
});
