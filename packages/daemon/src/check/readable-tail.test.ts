import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readableTail, TAIL_BYTES } from './readable-tail.ts';

describe('the readable tail', () => {
  it('has no colours, links, titles and control characters', () => {
    const raw = Buffer.from(
      '\u001B[31mred\u001B[0m \u001B]8;;http://x\u0007link\u001B]8;;\u0007\u0000\u0007 \ttab\n',
    );
    expect(readableTail(raw, false)).toBe('red link \ttab\n');
  });

  it('shows each step of a progress bar as a line', () => {
    expect(readableTail(Buffer.from('1 %\r50 %\rdone\r\nend\r\n'), false)).toBe('1 %\n50 %\ndone\nend\n');
  });

  it('begins with a whole character and a whole line where something was cut off', () => {
    const cut = Buffer.from('ü half a line\nwhole line\nand another\n').subarray(1);
    expect(readableTail(cut, true)).toBe('whole line\nand another\n');
    expect(readableTail(Buffer.from('€').subarray(1), true)).toBe('');
  });

  it('is short enough, valid and the end of the text, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(20_000),
        fc.boolean(),
        (bytes, padding, isCut) => {
          const tail = readableTail(Buffer.concat([Buffer.alloc(padding, 'ü\n'), Buffer.from(bytes)]), isCut);
          expect(Buffer.byteLength(tail)).toBeLessThanOrEqual(TAIL_BYTES);
          expect(tail.isWellFormed()).toBe(true);
        },
      ),
    );
  });

  it('keeps a single line that is longer than itself', () => {
    expect(readableTail(Buffer.from('x'.repeat(20_000)), false)).toBe('x'.repeat(TAIL_BYTES));
  });
});
