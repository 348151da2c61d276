import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readBudget,
  readCommit,
  readDependsOn,
  readFiles,
  readModel,
  readReview,
  readTags,
} from './field-values.ts';

describe('tags', () => {
  it.each([
    ['ui', ['ui']],
    ['`UI`, slow-one, ui', ['ui', 'slow-one']],
    ['none', []],
    ['-', []],
  ])('%j', (text, tags) => {
    expect(readTags(text)).toEqual({ value: tags, problem: null });
  });

  it.each(['', 'a b', 'ui,', '--x', 'ü'])('are not %j', (text) => {
    expect(readTags(text)).toMatchObject({
      value: null,
      problem: expect.stringContaining('such as "ui, slow"'),
    });
  });
});

describe('a model', () => {
  it('is the name without the marks around it', () => {
    expect(readModel('`haiku`').value).toBe('haiku');
    expect(readModel('"Opus 4"').value).toBe('Opus 4');
    expect(readModel('**').value).toBeNull();
    expect(readModel('').value).toBeNull();
  });
});

describe('a commit', () => {
  it.each(['abcdef0', '`ABCDEF0`', 'a'.repeat(40), '0'.repeat(64)])('is %s', (text) => {
    expect(readCommit(text)).toEqual({ value: text.replaceAll('`', '').toLowerCase(), problem: null });
  });

  it.each(['', 'abcdef', 'HEAD', 'abcdefg', 'a'.repeat(65)])('is not "%s"', (text) => {
    expect(readCommit(text)).toEqual({ value: null, problem: expect.stringContaining('in hex') });
  });
});

describe('a complexity budget', () => {
  it.each([
    ['3 tasks, 6 files, 300 lines', 3, 6, 300],
    ['300 lines of code and 1 file', null, 1, 300],
    ['up to 3 Tasks; at most 1,200 lines.', 3, null, 1200],
    ['`2 tasks`', 2, null, null],
    ['none', null, null, null],
  ])('is "%s"', (text, tasks, files, lines) => {
    expect(readBudget(text)).toEqual({ value: { tasks, files, lines }, problem: null });
  });

  it.each(['', 'small', '3', '3 tasks, 4 tasks', '1.5 tasks', '3 days', '12,34 lines', '99999999999 lines'])(
    'is not "%s"',
    (text) => {
      expect(readBudget(text)).toEqual({ value: null, problem: expect.any(String) });
    },
  );
});

describe('dependencies', () => {
  it.each([
    ['none', []],
    ['None.', []],
    ['nothing', []],
    ['-', []],
    ['—', []],
    ['1', [1]],
    ['1, 2', [1, 2]],
    ['Task 1', [1]],
    ['`Task 1` and `Task 3`', [1, 3]],
    ['Tasks 1, 2 & 3', [1, 2, 3]],
    ['#1; #2', [1, 2]],
    ['Task 1 (Storage), 2.', [1, 2]],
    ['1, 1', [1]],
  ])('are "%s"', (text, numbers) => {
    expect(readDependsOn(text)).toEqual({ value: numbers, problem: null });
  });

  it.each(['', 'Storage', '1-3', '1,,2', '1.5', 'task-1-2', '1 2'])('are not "%s"', (text) => {
    expect(readDependsOn(text)).toEqual({ value: null, problem: expect.any(String) });
  });

  it('say that they say nothing when they are empty', () => {
    expect(readDependsOn('').problem).toBe(
      'it says nothing. Write "none", or the numbers of tasks of this plan, such as "1, 2".',
    );
  });
});

describe('a review', () => {
  it.each([
    ['none', 'none'],
    ['-', 'none'],
    ['Spec', 'spec'],
    ['`quality`', 'quality'],
    ['spec+quality', 'spec+quality'],
    ['Quality + Spec.', 'spec+quality'],
    ['spec, quality', 'spec+quality'],
    ['spec and quality', 'spec+quality'],
    ['full', 'spec+quality'],
  ])('in "%s" is %s', (text, mode) => {
    expect(readReview(text)).toEqual({ value: mode, problem: null });
  });

  it.each(['', 'all', 'spec+', 'spec only', 'specand quality', 'full+spec'])('is not in "%s"', (text) => {
    expect(readReview(text)).toEqual({ value: null, problem: expect.any(String) });
  });
});

describe('files', () => {
  it.each([
    ['`src/a.ts`, `src/b/**`', ['src/a.ts', 'src/b/**']],
    ['src/a.ts,src/b/', ['src/a.ts', 'src/b/']],
    ['`a`, b', ['a', 'b']],
    ['`my file.md`', ['my file.md']],
    ['`a,b.ts`', ['a,b.ts']],
    ['`a.ts` (new, small), `b.ts` - changed', ['a.ts', 'b.ts']],
    ['`a.ts`: the store', ['a.ts']],
    ['./a.ts, `././b.ts`', ['a.ts', 'b.ts']],
    ['a, a', ['a']],
    ['`a`,\n`b`', ['a', 'b']],
    ['none', []],
    ['', []],
    ['./', ['./']],
  ])('are in "%s"', (text, files) => {
    expect(readFiles(text, [])).toEqual({ value: files, problem: null });
    expect(readFiles('', text.split('\n'))).toEqual({ value: files, problem: null });
  });

  it('stand beside the label and below it', () => {
    expect(readFiles('a', ['`b`', 'c, d'])).toEqual({ value: ['a', 'b', 'c', 'd'], problem: null });
  });

  it.each(['a b', '`a` and `b`', 'the `a` file', '`a', 'a`'])('are not clear in "%s"', (text) => {
    expect(readFiles(`ok.ts, ${text}`, [])).toEqual({
      value: ['ok.ts'],
      problem: expect.stringContaining(`cannot read "${text}"`),
    });
  });

  it('are read in time proportional to the text', () => {
    const marks = '`"\'*'.repeat(50_000);
    expect(readModel(`a${marks}b`).value).toBe(`a${marks}b`);
    expect(readFiles('`'.repeat(100_001), []).problem).not.toBeNull();
  });

  it('in backticks come back as they are', () => {
    const path = fc
      .stringMatching(/^[a-z*?[\](), -]{1,12}$/)
      .filter((path) => path.trim() === path && path !== '');
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 5 }), (paths) => {
        expect(readFiles(paths.map((path) => `\`${path}\``).join(', '), []).value).toEqual(paths);
      }),
      { numRuns: 200 },
    );
  });
});
