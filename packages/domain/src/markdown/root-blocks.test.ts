import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstLineOf, lastLineOf, rootBlocks } from './root-blocks.ts';

function placesOf(lines: readonly string[], windowLines?: number): string[] {
  return rootBlocks(lines, windowLines).map(
    ({ node, lineOffset }) =>
      `${node.type} ${firstLineOf(node) + lineOffset} to ${lastLineOf(node) + lineOffset}`,
  );
}

describe('the blocks of a document', () => {
  it('stand where they do in the whole document', () => {
    expect(placesOf(['# a', '', '- b', '', '- c', '', '```', '# d', '```'], 2)).toEqual([
      'heading 1 to 1',
      'list 3 to 5',
      'code 7 to 9',
    ]);
  });

  it('may be longer than a window', () => {
    const lines = ['text', '', '```', ...Array.from({ length: 50 }, () => 'x'), '```', '# a'];
    expect(placesOf(lines, 4)).toEqual(['paragraph 1 to 1', 'code 3 to 54', 'heading 55 to 55']);
  });

  it('may stand far apart', () => {
    expect(placesOf(['a', ...Array.from({ length: 50 }, () => ''), 'b'], 4)).toEqual([
      'paragraph 1 to 1',
      'paragraph 52 to 52',
    ]);
  });

  it('are the same in windows of every length', () => {
    const line = fc.constantFrom(
      '',
      '',
      '# a',
      'text',
      '- b',
      '  c',
      '    d',
      '1. e',
      '```',
      '~~~',
      '> f',
      '---',
      '===',
      '<!--',
      '-->',
      '<div>',
      '\ttab',
      '  ```',
      '- ```',
      '   - g',
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 25 }), fc.integer({ min: 1, max: 6 }), (lines, windowLines) => {
        expect(placesOf(lines, windowLines)).toEqual(placesOf(lines, 1_000));
      }),
      { numRuns: 300 },
    );
  });

  it.each(['- a', '1. a', 'text', '[a]: b'])(
    'G31 of 4,000 lines such as %j are read in time that grows with their number, each line once',
    (line) => {
      const lines = ['Text.', ...Array.from({ length: 4_000 }, () => line.split('\n')).flat(), '', '# Last'];
      const last = rootBlocks(lines).at(-1);
      expect(last?.node.type).toBe('heading');
      expect(last && firstLineOf(last.node) + last.lineOffset).toBe(lines.length);
    },
  );

  it.each(['- a', '```', '> a'])('of one piece are read whole, however long: %s', (first) => {
    const inside = Array.from({ length: 400 }, () => (first === '> a' ? '> b' : '  b'));
    const lines = [first, ...inside, first === '```' ? first : '', '', '# Last'];
    const blocks = rootBlocks(lines);
    expect(blocks.filter(({ node }) => node.type === 'heading')).toHaveLength(1);
    expect(blocks[0]?.lineOffset).toBe(0);
  });

  it('of a long list are all there, code in its items too', () => {
    const lines = Array.from({ length: 900 }, (_, index) => [
      `- item ${index}`,
      '  ```',
      `  ${index}`,
      '  ```',
    ]).flat();
    const codes = rootBlocks(lines).flatMap(({ node }) =>
      node.type === 'list' ? node.children.flatMap(({ children }) => children.slice(1)) : [],
    );
    expect(codes.map((code) => ('value' in code ? code.value : ''))).toEqual(
      Array.from({ length: 900 }, (_, index) => String(index)),
    );
  });

  it('of many lists are read within the time of a test, which they are not in one piece', () => {
    const lines = Array.from({ length: 6_000 }, () => ['- a', '- b', '', 'text', '']).flat();
    expect(rootBlocks(lines)).toHaveLength(12_000);
  });
});
