import { expect, it } from 'vitest';
import { fixpoint } from './fixpoint.ts';

it('goes on until there is nothing more', () => {
  expect(fixpoint(0, (value) => (value < 5 ? value + 1 : null))).toBe(5);
});

it('is loud when there always is', () => {
  expect(() => fixpoint(0, (value) => value + 1)).toThrow('no rest after 10000 rounds');
});
