import { describe, expect, it } from 'vitest';
import { scenarioOf, simulate, type SimulationResult } from './simulate.ts';

/** Histories in `npm test`; `npm run simulate` plays as many as wanted. */
const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);

describe('a simulated world', () => {
  it('keeps every guarantee in histories full of faults', async () => {
    const broken: string[] = [];
    for (const seed of SEEDS) {
      const { violation } = await simulate(scenarioOf(seed));
      if (violation !== null) broken.push(`npm run simulate -- --seed ${seed}   ${violation.message}`);
    }
    expect(broken).toEqual([]);
  }, 120_000);

  it('has the same history for the same seed, step by step', async () => {
    const play = async (): Promise<readonly [readonly string[], SimulationResult]> => {
      const lines: string[] = [];
      const result = await simulate(scenarioOf(7), (line) => lines.push(line));
      return [lines, result];
    };
    const [one, first] = await play();
    const [other, second] = await play();
    expect(other).toEqual(one);
    expect(second).toEqual(first);
    expect(one.length).toBeGreaterThan(300);
  });
});
