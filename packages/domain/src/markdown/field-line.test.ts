import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFieldLine, readListItem } from './field-line.ts';

describe('a field line', () => {
  it.each([
    '**Depends on:** 1, 2',
    '**Depends on**: 1, 2',
    '__Depends on:__ 1, 2',
    '*Depends On*: 1, 2',
    '**DEPENDS_ON:**1, 2',
    '**depends-on :** 1, 2',
  ])('is bold in "%s"', (line) => {
    expect(readFieldLine(line)).toEqual({
      label: 'depends on',
      value: '1, 2',
      isBold: true,
      isBullet: false,
      indent: 0,
    });
  });

  it('may be plain', () => {
    expect(readFieldLine('  model: haiku ')).toEqual({
      label: 'model',
      value: 'haiku',
      isBold: false,
      isBullet: false,
      indent: 2,
    });
    expect(readFieldLine('Files:')).toMatchObject({ label: 'files', value: '' });
  });

  it.each([
    '- **Model:** haiku',
    '* **Model:** haiku',
    '+ Model: haiku',
    '1. **Model**: haiku',
    '- [x] Model: haiku',
  ])('may be a list item: "%s"', (line) => {
    expect(readFieldLine(line)).toMatchObject({ label: 'model', value: 'haiku', isBullet: true });
  });

  it.each([
    '',
    'Some prose',
    '- an item',
    '**bold** text',
    'http://example.org',
    'a.ts: x',
    '```',
    `${'long '.repeat(20)}: x`,
  ])('is not "%s"', (line) => {
    expect(readFieldLine(line)).toBeNull();
  });

  it('reads every line, and long ones quickly', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        readFieldLine(line);
      }),
      { numRuns: 200 },
    );
    expect(readFieldLine(`a${' '.repeat(200_000)}`)).toBeNull();
    expect(readFieldLine('**'.repeat(100_000))).toBeNull();
  });
});

describe('an item of a list', () => {
  it.each([
    ['- a b', 'a b'],
    ['  * a', 'a'],
    ['10) a', 'a'],
    ['- [ ] a', 'a'],
    ['• a ', 'a'],
  ])('is "%s"', (line, text) => {
    expect(readListItem(line)).toBe(text);
  });

  it.each(['-a', '**a**', 'a', ''])('is not "%s"', (line) => {
    expect(readListItem(line)).toBeNull();
  });
});
