import { expect, it } from 'vitest';
import { BACKOFF_DEFAULTS, backoffMs } from './budget.ts';

it('G15 waits longer each time, and never longer than the cap', () => {
  const waits = [1, 2, 3, 4, 5, 50].map((number) => backoffMs(BACKOFF_DEFAULTS, number) / 1_000);
  expect(waits).toEqual([10, 30, 90, 270, 600, 600]);
});
