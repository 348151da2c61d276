import { describe, expect, it } from 'vitest';
import { findingText } from './report.ts';
import { runTarget } from './run-target.ts';
import { sharesOf, TARGETS } from './targets.ts';

/** Enough to see that each target works; `npm run fuzz` tries more. */
const INPUTS = 2_500;

describe('G31 whatever is not what it should be', () => {
  it.each([...sharesOf(TARGETS, INPUTS)].map(([target, inputs]) => ({ name: target.name, target, inputs })))(
    'is refused as a whole, in no time, by: $name',
    async ({ target, inputs }) => {
      // Other seeds than those that `npm run fuzz` begins with.
      const { findings, accepted, refused } = await runTarget(target, { inputs, seed: 500_000_000 });
      expect(findings.map(findingText)).toEqual([]);
      expect(accepted + refused).toBe(inputs);
    },
  );
});
