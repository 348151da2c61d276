import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Screen } from '../testing/screen.test-support.ts';
import { diffFrames } from './frame-diff.ts';

const WIDTH = 10;
const frame = fc.array(fc.stringMatching(/^[a-z ]{0,24}$/), { maxLength: 8 });

describe('diffFrames', () => {
  it('makes the screen show the next frame, whatever it showed before', () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: 1, maxLength: 5 }), (frames) => {
        const screen = new Screen(WIDTH);
        screen.write('above\r\n');
        let before: readonly string[] = [];
        for (const after of frames) {
          screen.write(diffFrames(before, after, WIDTH));
          const fresh = new Screen(WIDTH);
          fresh.write(['above', ...after, ''].join('\r\n'));
          expect(screen.text).toBe(fresh.text);
          before = after;
        }
      }),
    );
  });

  it('leaves the cursor below the frame', () => {
    const screen = new Screen(WIDTH);
    screen.write(diffFrames([], ['one', 'two', 'three'], WIDTH));
    screen.write(diffFrames(['one', 'two', 'three'], ['one', 'TWO', 'three'], WIDTH));
    screen.write('after');
    expect(screen.text).toBe('one\nTWO\nthree\nafter');
  });

  it('writes nothing when nothing changed, and only the line that did', () => {
    expect(diffFrames(['a', 'b'], ['a', 'b'], WIDTH)).toBe('');
    expect(diffFrames(['a', 'b', 'c'], ['a', 'x', 'c'], WIDTH)).toBe('\u001B[2A\r\u001B[2Kx\r\n\u001B[1B\r');
  });
});
