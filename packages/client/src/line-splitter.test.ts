import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

it('finds the same lines however the bytes are cut', () => {
  const lines = fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' ')));
  fc.assert(
    fc.property(lines, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (expected, cuts) => {
      const bytes = Buffer.from(expected.map((line) => `${line}\n`).join(''));
      const splitter = new LineSplitter(1_000_000);
      const found: string[] = [];
      for (let offset = 0, turn = 0; offset < bytes.length; turn++) {
        const size = cuts[turn % cuts.length] ?? 1;
        found.push(...(splitter.push(bytes.subarray(offset, offset + size)) ?? []));
        offset += size;
      }
      expect(found).toEqual(expected);
    }),
  );
});

it('refuses a line that is too long, complete or not', () => {
  expect(new LineSplitter(3).push(Buffer.from('abc\n'))).toEqual(['abc']);
  expect(new LineSplitter(3).push(Buffer.from('abcd\n'))).toBeNull();
  const splitter = new LineSplitter(3);
  expect(splitter.push(Buffer.from('ab'))).toEqual([]);
  expect(splitter.push(Buffer.from('cd'))).toBeNull();
});
