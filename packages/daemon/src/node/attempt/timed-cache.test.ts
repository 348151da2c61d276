import { expect, it } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { TimedCache } from './timed-cache.ts';

it('keeps an answer for a while, counted from when it was given first', () => {
  const clock = new ManualClock();
  const cache = new TimedCache<string>(clock, 100);
  expect(cache.get('a')).toBeNull();
  cache.set('a', 'one');
  clock.advance(60);
  cache.set('a', 'one');
  expect([cache.get('a'), cache.get('b')]).toEqual(['one', null]);
  clock.advance(40);
  expect(cache.get('a')).toBeNull();
  cache.set('a', 'two');
  expect(cache.get('a')).toBe('two');
});
