import { expect, test } from 'vitest';
import { isAtLeast } from './required-versions.ts';

test.each([
  ['2.38', true],
  ['2.38.0', true],
  ['v3', true],
  ['2.100-rc1', true],
  ['3.3a', true],
  ['2.37.9', false],
  ['2', false],
  ['1.99', false],
  ['master', false],
  ['', false],
])('%j is at least 2.38: %s', (version, expected) => {
  expect(isAtLeast(version, '2.38')).toBe(expected);
});
