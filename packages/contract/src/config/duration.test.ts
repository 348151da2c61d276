import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

it.each([
  ['30s', 30_000],
  ['10m', 600_000],
  ['1h30m', 5_400_000],
  ['250ms', 250],
  ['2d', 172_800_000],
])('reads %s', (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs);
});

it.each(['', '10', 'm', '1.5h', '-1s', '1h 30m', '99999999999999999999d'])('refuses %j', (text) => {
  expect(parseDuration(text)).toBeNull();
});

it('reads what it writes', () => {
  fc.assert(
    fc.property(fc.nat({ max: 1e12 }), (durationMs) => {
      expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
    }),
  );
});
