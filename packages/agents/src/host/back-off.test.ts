import { expect, it } from 'vitest';
import { BackOff } from './back-off.ts';

it('doubles up to 5 s, and begins anew after a success', () => {
  const backOff = new BackOff(200);
  const waits = Array.from({ length: 7 }, () => backOff.failed());
  expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  backOff.succeeded();
  expect(backOff.failed()).toBe(200);
});
