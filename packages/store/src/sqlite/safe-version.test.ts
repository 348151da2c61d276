import { expect, test } from 'vitest';
import { isSafeVersion } from './safe-version.ts';

test.each([
  ['3.51.3', true],
  ['3.51.10', true],
  ['3.54.1', true],
  ['4.0.0', true],
  ['3.51.2', false],
  ['3.9.30', false],
  ['2.99.99', false],
])('SQLite %s is safe: %s', (version, safe) => {
  expect(isSafeVersion(version)).toBe(safe);
});
