import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, count, elapsed } from './amounts.ts';
import { displayWidth, padEnd, truncate } from './display-width.ts';
import { plain, plainLines } from './plain.ts';
import { placeText, renderError } from './render-error.ts';
import { createStyle, wantsColour, wantsUnicode } from './style.ts';
import { table } from './table.ts';
import { wrap, wrapWords } from './wrap.ts';

describe('amounts', () => {
  it.each([
    [-5, '0s'],
    [59_999, '59s'],
    [65_000, '1m05s'],
    [3_600_000, '1h00m'],
    [12_060_000, '3h21m'],
    [187_200_000, '2d04h'],
  ])('shows %d ms as %s', (durationMs, text) => {
    expect(elapsed(durationMs)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_500, '1.5 kB'],
    [123_456_789, '123 MB'],
    [2e15, '2000 TB'],
  ])('shows %d bytes as %s', (number, text) => {
    expect(bytes(number)).toBe(text);
  });

  it('counts', () => {
    expect([0, 1, 2].map((number) => count(number, 'task'))).toEqual(['0 tasks', '1 task', '2 tasks']);
  });
});

describe('displayWidth', () => {
  it.each([
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['🎉', 2],
    ['✔', 1],
    ['\u001B[31mred\u001B[39m', 3],
    ['ä', 1],
  ])('of %j is %d', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('is never more after cutting than asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat({ max: 40 }), (text, width) => {
        expect(displayWidth(truncate(text, width, '…'))).toBeLessThanOrEqual(width);
        expect(displayWidth(padEnd(text, width))).toBeGreaterThanOrEqual(width);
      }),
    );
  });
});

describe('wrap', () => {
  it('keeps every line within the width, and every character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});

describe('wrapWords', () => {
  it('keeps commands whole', () => {
    expect(wrapWords('to let go of it: git update-ref -d refs/tina/x', 20)).toEqual([
      'to let go of it:',
      'git update-ref -d refs/tina/x',
    ]);
    expect(wrapWords('gone (`tina logs r1-a1`), says nothing', 12)).toEqual([
      'gone',
      '(`tina logs r1-a1`),',
      'says nothing',
    ]);
    expect(wrapWords('', 12)).toEqual([]);
  });
});

describe('plain', () => {
  it('takes away what could steer a terminal', () => {
    expect(plain('a\u001B[2Jb\u001B]0;title\u0007c\u001B]8;;http://x\u001B\\d\u0085\u202Ee\nf ')).toBe(
      'abcde f',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // eslint-disable-next-line no-control-regex
        expect(plain(text)).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
      }),
    );
  });

  it('keeps lines and their indentation', () => {
    expect(plainLines('a\r\n  b\n\tc\u0000')).toEqual(['a', '  b', '    c']);
  });
});

describe('table', () => {
  it('aligns columns, and fits them', () => {
    const rows = [
      ['a', 'long', 'the last column'],
      ['bbb', '', 'x'],
    ];
    expect(table(rows, null)).toEqual(['a    long  the last column', 'bbb        x']);
    expect(table(rows, 20)).toEqual(['a    long', '    the last column', 'bbb', '    x']);
    expect(table(rows, 10, { shrink: 0 })).toEqual(table(rows, 10));
    expect(table([], null)).toEqual([]);
    expect(table([], 20)).toEqual([]);
  });

  it('wraps the last column in its place while there is enough of it', () => {
    const rows = [['r1-t1', 'a text that is much too long for one line of this']];
    expect(table(rows, 30)).toEqual([
      'r1-t1  a text that is much too',
      '       long for one line of',
      '       this',
    ]);
  });

  it('cuts only the column that may be cut', () => {
    const rows = [['Phase 1 with a very long title', '2 of 2', '1m01s']];
    expect(table(rows, 30, { shrink: 0 })).toEqual(['Phase 1 with a…  2 of 2  1m01s']);
    expect(table(rows, 30, { shrink: 0, ellipsis: '..' })).toEqual(['Phase 1 with ..  2 of 2  1m01s']);
  });

  it('never breaks a word, and is no wider than the terminal but for one', () => {
    const cell = fc
      .array(fc.stringMatching(/^[a-z0-9/-]{1,18}$/), { maxLength: 6 })
      .map((one) => one.join(' '));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,9}$/), cell, cell)), (rows) => {
        const lines = table(rows, 40);
        const words = (text: string): string[] => text.split(/ +/).filter((word) => word !== '');
        expect(words(lines.join(' '))).toEqual(words(rows.flat().join(' ')));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
      }),
    );
  });
});

describe('style', () => {
  const terminal = { write: () => {}, isTTY: true, columns: 80, rows: 24, onResize: () => () => {} };
  const file = { ...terminal, isTTY: false };

  it.each([
    [{}, terminal, true],
    [{}, file, false],
    [{ NO_COLOR: '1' }, terminal, false],
    [{ NO_COLOR: '' }, terminal, true],
    [{ TERM: 'dumb' }, terminal, false],
    [{ FORCE_COLOR: '1' }, file, true],
    [{ FORCE_COLOR: '0' }, file, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, terminal, false],
  ])('with %j', (env, stream, colour) => {
    expect(wantsColour({ env }, stream)).toBe(colour);
  });

  it.each([
    [{ LANG: 'C.UTF-8' }, true],
    [{ LANG: 'de_DE.utf8' }, true],
    [{ LANG: 'C.UTF-8', LC_ALL: 'C' }, false],
    [{ LC_CTYPE: 'en_US.UTF-8' }, true],
    [{}, false],
  ])('knows whether %j shows more than ASCII', (env, unicode) => {
    expect(wantsUnicode({ env })).toBe(unicode);
  });

  it('paints nothing without colours', () => {
    expect(createStyle(false).red('x')).toBe('x');
    expect(createStyle(true).red('')).toBe('');
  });
});

describe('renderError', () => {
  const error = {
    code: 'config_unknown_key',
    message: 'chekcs is not a setting',
    place: { file: '/p/.tina/config.yaml', line: 3, column: 5, field: 'chekcs' },
    details: ['one\u001B[2J', 'two'],
    next: ['tina config', 'tina config --schema'],
  };

  it('says what, where, why and what to type', () => {
    expect(renderError(error, { json: false, colour: false })).toBe(
      [
        'error: chekcs is not a setting',
        '  at /p/.tina/config.yaml:3:5 (chekcs)',
        '  one',
        '  two',
        'next: tina config',
        '      tina config --schema',
        '',
      ].join('\n'),
    );
  });

  it('is one line of JSON with the same fields', () => {
    const text = renderError(error, { json: true, colour: true });
    expect(text.trimEnd()).not.toContain('\n');
    expect(JSON.parse(text)).toEqual({ error });
  });

  it('names only the place that is known', () => {
    expect(placeText(null)).toBeNull();
    expect(placeText({ file: null, line: null, column: null, field: null })).toBeNull();
    expect(placeText({ file: 'a', line: 2, column: null, field: null })).toBe('a:2');
    expect(placeText({ file: null, line: null, column: null, field: 'x' })).toBe('(x)');
  });
});
