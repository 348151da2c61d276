import { expect, it } from 'vitest';
import { isAtLeast, judgeVersion } from './version-range.ts';

const RANGE = { oldest: '2.1.0', tried: '2.1.329' };

it.each([
  ['2.1.329 (Claude Code)', 'fits'],
  ['2.1.999', 'fits'],
  ['claude-code v2.1.0', 'fits'],
  ['2.0.99', 'too-old'],
  ['1.9.9', 'too-old'],
  ['2.2.0', 'untried'],
  ['3.0.0', 'untried'],
  ['2.1', 'unknown'],
  ['', 'unknown'],
  [null, 'unknown'],
])('judges the version %j: %s', (printed, kind) => {
  expect(judgeVersion(printed, RANGE)).toEqual({ kind });
});

it('compares numbers, not texts', () => {
  expect([isAtLeast('0.169.0', '0.20.0'), isAtLeast('0.9.0', '0.20.0')]).toEqual([true, false]);
  expect([isAtLeast('2.1.329', '2.1.329'), isAtLeast(null, '0.0.0')]).toEqual([true, false]);
});
