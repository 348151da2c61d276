import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeEnd } from './describe-end.ts';
import { LineSplitter } from './line-splitter.ts';
import { TextTail } from './text-tail.ts';

describe('LineSplitter', () => {
  it('finds the same lines however the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'é') })), (pieces) => {
        const lines: string[] = [];
        const splitter = new LineSplitter((line) => lines.push(line));
        for (const piece of pieces) splitter.push(piece);
        if (splitter.hasRest) splitter.end();
        const text = pieces.join('');
        expect(lines).toEqual(text === '' ? [] : text.replace(/\n$/, '').split('\n'));
      }),
    );
  });

  it('keeps the beginning of a line that is too long, and goes on after it', () => {
    const lines: [string, boolean][] = [];
    const splitter = new LineSplitter((line, isWhole) => lines.push([line.slice(0, 3), isWhole]));
    for (let count = 0; count < 20; count += 1) splitter.push('x'.repeat(1024 * 1024));
    splitter.push('\nnext\n');
    expect(lines).toEqual([
      ['xxx', false],
      ['nex', true],
    ]);
  });
});

describe('TextTail', () => {
  it('keeps the end, however the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 20 }), (pieces, limit) => {
        const tail = new TextTail(limit);
        for (const piece of pieces) tail.push(piece);
        expect(tail.toString()).toBe(pieces.join('').slice(-limit));
        tail.clear();
        expect(tail.toString()).toBe('');
      }),
    );
  });
});

it('tells how a process ended', () => {
  const end = { startProblem: null, exitCode: 3, signal: null };
  expect(describeEnd(end, null, '')).toBe('The agent ended with exit code 3.');
  expect(describeEnd({ ...end, exitCode: null, signal: 'SIGKILL' }, 'its record', ' why \n')).toBe(
    'The agent ended by SIGKILL without its record:\nwhy',
  );
  expect(describeEnd({ ...end, startProblem: 'not there' }, 'its record', '')).toBe('not there');
});
