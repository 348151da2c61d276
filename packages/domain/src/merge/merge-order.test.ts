import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeOrder, type MergeCandidate } from './merge-order.ts';

function candidate(id: string, readySince: number, ...dependsOn: string[]): MergeCandidate {
  return { id, readySince, dependsOn };
}

describe('the order of merging (G20)', () => {
  it('takes the longest ready first, and the smaller id of two that are as old', () => {
    expect(mergeOrder([candidate('c', 2), candidate('b', 1), candidate('a', 2)])).toEqual(['b', 'a', 'c']);
  });

  it('takes dependencies before their dependants, however young', () => {
    expect(mergeOrder([candidate('a', 1, 'b'), candidate('b', 9), candidate('c', 5)])).toEqual([
      'c',
      'b',
      'a',
    ]);
  });

  it('does not wait for what is merged already', () => {
    expect(mergeOrder([candidate('a', 1, 'merged')])).toEqual(['a']);
  });

  it('loses no candidate, even where they wait for each other', () => {
    expect(mergeOrder([candidate('b', 2, 'a'), candidate('a', 1, 'b'), candidate('c', 3)])).toEqual([
      'c',
      'a',
      'b',
    ]);
  });

  it('has every candidate once and is the same however they are listed', () => {
    const candidates = fc
      .array(
        fc.record({ readySince: fc.nat(3), dependsOn: fc.array(fc.nat(9).map(String), { maxLength: 2 }) }),
        { maxLength: 8 },
      )
      .map((list) => list.map((fields, index) => ({ ...fields, id: String(index) })));
    fc.assert(
      fc.property(candidates, (list) => {
        const order = mergeOrder(list);
        expect(order.toSorted()).toEqual(list.map(({ id }) => id).toSorted());
        expect(mergeOrder(list.toReversed())).toEqual(order);
      }),
      { numRuns: 200 },
    );
  });
});
