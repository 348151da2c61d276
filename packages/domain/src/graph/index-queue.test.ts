import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndexQueue } from './index-queue.ts';

describe('an index queue', () => {
  it('gives nothing when it is empty', () => {
    expect(new IndexQueue().take()).toBeNull();
  });

  it('always gives the smallest index it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(50)), { maxLength: 100 }), (steps) => {
        const queue = new IndexQueue();
        const held: number[] = [];
        const taken: (number | null)[] = [];
        const smallest: (number | null)[] = [];
        for (const index of steps) {
          if (index === null) {
            taken.push(queue.take());
            held.sort((left, right) => left - right);
            smallest.push(held.shift() ?? null);
          } else {
            queue.add(index);
            held.push(index);
          }
        }
        expect(taken).toEqual(smallest);
      }),
      { numRuns: 300 },
    );
  });
});
