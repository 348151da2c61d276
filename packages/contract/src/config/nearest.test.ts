import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

const words = ['checks', 'setup', 'limits', 'at'];

it.each([
  ['chekcs', 'checks'],
  ['Setup', 'setup'],
  ['limit', 'limits'],
  ['ta', 'at'],
  ['worktrees', null],
  ['', null],
])('takes %j for %j', (word, meant) => {
  expect(nearest(word, words)).toBe(meant);
});

it('takes a known word for itself, whatever else is known', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,12}$/), fc.array(fc.string()), (word, others) => {
      expect(nearest(word, [...others, word])?.toLowerCase()).toBe(word);
    }),
  );
});
