import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOutline, sectionBelow, textOf, withoutBlankEnds } from './outline.ts';

function headingsOf(markdown: string): string[] {
  return readOutline(markdown).headings.map(({ depth, text, line }) => `${line}:${depth}:${text}`);
}

describe('G31 marks that have no end', () => {
  it.each(['a*', '*a **b', '[a]', '[^1]', '<', '`', '\\', '&amp;', '!['])(
    '%j, 64 kB of them, take no time',
    (mark) => {
      const text = mark.repeat(65_536 / mark.length);
      const started = performance.now();
      expect(readOutline(`# Title\n\nx ${text}\n\n## ${text}`).headings).toHaveLength(2);
      // It took 20 s and more; it takes 20 ms, on a machine with other things to do too.
      expect(performance.now() - started).toBeLessThan(3_000);
    },
  );
});

describe('an outline', () => {
  it('has the headings of both Markdown styles with their lines', () => {
    expect(headingsOf('# One\n\nTwo\n---\n\n### Three')).toEqual(['1:1:One', '3:2:Two', '6:3:Three']);
  });

  it('reads a heading of several lines as one line', () => {
    const [heading] = readOutline('One\nand more\n===\ntext').headings;
    expect(heading).toEqual({ depth: 1, text: 'One and more', line: 1, lastLine: 3 });
    expect(headingsOf('One  \nmore\n---')).toEqual(['1:2:One more']);
  });

  it('drops the markup within a heading', () => {
    expect(headingsOf('## **Phase `1`**: *a* [link](x) <!-- note -->')).toEqual(['1:2:Phase 1: a link']);
  });

  it('takes no heading from code, comments, quotes or lists', () => {
    const markdown = '```\n# a\n```\n\n    # b\n\n<!--\n# c\n-->\n\n> # d\n\n- # e\n\n~~~md\n# f\n~~~';
    expect(headingsOf(markdown)).toEqual([]);
  });

  it('counts lines alike for all line endings and ignores a byte order mark', () => {
    expect(headingsOf('\uFEFF# a\r\n\r\n## b\r## c\n')).toEqual(['1:1:a', '3:2:b', '4:2:c']);
  });

  it('finds code and comments inside quotes and lists too', () => {
    const { verbatim } = readOutline('- a\n\n  ```sh\n  x\n  ```\n\n> <!-- y -->\n');
    expect(verbatim).toEqual([
      { kind: 'code', line: 3, lastLine: 5, text: 'x' },
      { kind: 'html', line: 7, lastLine: 7, text: '<!-- y -->' },
    ]);
  });

  it('gives a section up to the heading that ends it', () => {
    const outline = readOutline('# a\none\n## b\ntwo\n# c\nthree');
    const [first, second, third] = outline.headings.map((heading) =>
      textOf(
        outline,
        sectionBelow(outline, heading, (next) => next.depth <= heading.depth),
      ),
    );
    expect([first, second, third]).toEqual(['one\n## b\ntwo', 'two', 'three']);
  });

  it('gives nothing for a section without lines', () => {
    const outline = readOutline('# a\n# b');
    const texts = outline.headings.map((heading) =>
      textOf(
        outline,
        sectionBelow(outline, heading, () => true),
      ),
    );
    expect(texts).toEqual(['', '']);
  });

  it('drops blank lines at the ends of a text and keeps the indentation of its first line', () => {
    expect(withoutBlankEnds(['', ' \t', '    code', '', 'end  ', ''])).toBe('    code\n\nend');
  });

  it('reads every text, and each heading stands on a line of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('#', ' ', '\n', '\r', '`', '>', '-', '<!--', '-->', 'a', '\t', '*')),
        (parts) => {
          const outline = readOutline(parts.join(''));
          for (const heading of outline.headings) {
            expect(heading.line).toBeGreaterThanOrEqual(1);
            expect(heading.lastLine).toBeGreaterThanOrEqual(heading.line);
            expect(heading.lastLine).toBeLessThanOrEqual(outline.lines.length);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
