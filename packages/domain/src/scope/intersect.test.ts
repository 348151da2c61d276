import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersects, RUN, type Sequence } from './intersect.ts';

const same = (left: string, right: string) => left === right;

function expressionOf(sequence: Sequence<string>): RegExp {
  return new RegExp(`^${sequence.map((item) => (item === RUN ? '.*' : item)).join('')}$`);
}

describe('two sequences', () => {
  it('meet when one run can stand for the items of the other', () => {
    expect(intersects(['a', RUN], ['a', 'b', 'c'], same)).toBe(true);
    expect(intersects([RUN, 'b'], ['a', RUN], same)).toBe(true);
    expect(intersects(['a', RUN], ['b', RUN], same)).toBe(false);
    expect(intersects([], [RUN, RUN], same)).toBe(true);
    expect(intersects(['a'], [], same)).toBe(false);
  });

  it('meet exactly when a text matches both', () => {
    const item = fc.constantFrom<string | typeof RUN>('a', 'b', RUN);
    const sequence = fc.array(item, { maxLength: 4 });
    let texts = [''];
    for (let length = 0; length < 8; length += 1)
      texts = [...new Set(texts.flatMap((text) => [text, `${text}a`, `${text}b`]))];
    fc.assert(
      fc.property(sequence, sequence, (left, right) => {
        const [one, other] = [expressionOf(left), expressionOf(right)];
        expect(intersects(left, right, same)).toBe(texts.some((text) => one.test(text) && other.test(text)));
      }),
      { numRuns: 300 },
    );
  });

  it('of many runs are compared without delay', () => {
    const left = Array.from({ length: 1_000 }, (_, index) => (index % 2 === 0 ? RUN : 'a'));
    expect(intersects(left, [...left, 'b'], same)).toBe(false);
  });
});
