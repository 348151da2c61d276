import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInScope, patternProblem, patternsOverlap } from './path-scope.ts';

describe('a path is in scope (G21)', () => {
  it.each([
    ['src/a.ts', 'src/a.ts'],
    ['src/a.ts', 'src/'],
    ['src/b/c/a.ts', 'src/'],
    ['src/a.ts', 'src/*'],
    ['src/a.ts', 'src/*.ts'],
    ['src/.env', 'src/*'],
    ['src/a.ts', 'src/?.ts'],
    ['src/a.test.ts', 'src/*.test.*'],
    ['src/a.ts', 'src/**'],
    ['src/b/c/a.ts', 'src/**'],
    ['src/a.ts', 'src/**/a.ts'],
    ['src/b/c/a.ts', 'src/**/a.ts'],
    ['src/b/c/a.ts', '**/c/*.ts'],
    ['a.ts', '**'],
    ['a/b/c', '**/**'],
    ['app/[id]/(x).tsx', 'app/[id]/(x).tsx'],
    ['a/😀.md', 'a/?.md'],
    ['a*b', 'a*b'],
  ])('when %s meets %s', (path, pattern) => {
    expect(isInScope(path, ['other', pattern])).toBe(true);
  });

  it.each([
    ['src/a.ts', 'src'],
    ['src', 'src/'],
    ['src', 'src/**'],
    ['src2/a.ts', 'src/'],
    ['src/b/a.ts', 'src/*'],
    ['src/a.tsx', 'src/*.ts'],
    ['src/.ts', 'src/?.ts'],
    ['SRC/a.ts', 'src/a.ts'],
    ['axb', 'a.b'],
    ['a/b', 'a'],
    ['a', 'a/b'],
  ])('not when %s meets %s', (path, pattern) => {
    expect(isInScope(path, [pattern])).toBe(false);
  });

  it('not when the scope is empty', () => {
    expect(isInScope('a', [])).toBe(false);
  });

  it.each(['', '/a', 'a/', 'a//b', '../a', 'a/../b', './a', '.git/config', 'a/.GIT/hooks'])(
    'never when it is "%s"',
    (path) => {
      expect(isInScope(path, ['**', path])).toBe(false);
    },
  );
});

describe('two patterns (G21)', () => {
  it.each([
    ['src/a.ts', 'src/a.ts'],
    ['src/a.ts', 'src/'],
    ['src/*', 'src/a.*'],
    ['src/*.ts', 'src/a*'],
    ['src/**/a.ts', 'src/b/**'],
    ['**/*.test.ts', 'src/'],
    ['a*c', 'ab*'],
    ['*', '?'],
    ['**', 'a'],
    ['src/', 'src/b/'],
  ])('overlap in %s and %s', (left, right) => {
    expect(patternsOverlap(left, right)).toBe(true);
    expect(patternsOverlap(right, left)).toBe(true);
  });

  it.each([
    ['src/a.ts', 'src/b.ts'],
    ['src/a.ts', 'src/a'],
    ['src/', 'src'],
    ['src/*', 'src/b/a.ts'],
    ['src/*.ts', 'src/*.js'],
    ['a*b', 'a*c'],
    ['src/*/a.ts', 'src/a.ts'],
    ['**/a.ts', '**/b.ts'],
    ['a/', 'b/'],
    ['??', '?'],
  ])('do not overlap in %s and %s', (left, right) => {
    expect(patternsOverlap(left, right)).toBe(false);
    expect(patternsOverlap(right, left)).toBe(false);
  });
});

describe('a pattern', () => {
  it.each([
    'a',
    'src/a.ts',
    'src/',
    'src/**',
    '**/*.ts',
    '.github/x.yml',
    'a b/c',
    'app/[id].tsx',
    '..a',
    '.gitignore',
    'a.git',
  ])('may be "%s"', (pattern) => {
    expect(patternProblem(pattern)).toBeNull();
  });

  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    [' a', 'space'],
    ['a\n', 'space'],
    ['a\u0000b', 'control'],
    ['a\\b', 'backslash'],
    ['/a', 'absolute'],
    ['/', 'absolute'],
    ['~/a', 'absolute'],
    ['c:/a', 'absolute'],
    ['src/{a,b}.ts', 'braces'],
    ['!src/a.ts', 'braces'],
    ['a//b', 'double slash'],
    ['./a', '"."'],
    ['..', '".."'],
    ['a/../b', '".."'],
    ['.git', 'git'],
    ['a/.Git/hooks', 'git'],
    ['src/**.ts', '"**"'],
    ['***', '"**"'],
  ])('must not be "%s"', (pattern, reason) => {
    expect(patternProblem(pattern)).toContain(reason);
  });

  it('never leads out of the repository when it has no problem', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('.', '..', '/', 'a', '.git', '*', '**', '~', '\\')), (parts) => {
        const pattern = parts.join('');
        fc.pre(patternProblem(pattern) === null);
        expect(pattern.startsWith('/')).toBe(false);
        expect(pattern.split('/')).not.toContain('..');
        expect(pattern.split('/')).not.toContain('.git');
      }),
      { numRuns: 200 },
    );
  });
});

/** Every path of up to six names: each pair of the segments below that meets at all meets in one of these names. */
const NAMES = ['a', 'b', 'ab'];
const PATHS = [1, 2, 3, 4, 5, 6].flatMap((depth) => {
  let paths = NAMES;
  for (let level = 1; level < depth; level += 1) {
    paths = paths.flatMap((path) => NAMES.map((name) => `${path}/${name}`));
  }
  return paths;
});

const segment = fc.constantFrom('a', 'b', 'ab', '*', '?', 'a*', '*b', '?b', '**', '**');
const pattern = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([segments, isDirectory]) => segments.join('/') + (isDirectory ? '/' : ''));

/** The plainest reading of the rules, without regard to time. */
function matchesSlowly(names: readonly string[], segments: readonly string[]): boolean {
  const [first, ...rest] = segments;
  if (first === undefined) return names.length === 0;
  if (first === '**')
    return names.some((_, index) => matchesSlowly(names.slice(index), rest)) || matchesSlowly([], rest);
  const [name, ...others] = names;
  if (name === undefined) return false;
  const expression = new RegExp(`^${first.replaceAll('?', '.').replaceAll('*', '.*')}$`);
  return expression.test(name) && matchesSlowly(others, rest);
}

function segmentsOf(pattern: string): string[] {
  return pattern
    .replace(/\/$/, '/**')
    .replace(/(^|\/)\*\*$/, '$1**/*')
    .split('/');
}

describe('any pattern', () => {
  it('covers the paths that the plain reading of it covers', () => {
    fc.assert(
      fc.property(pattern, fc.constantFrom(...PATHS), (pattern, path) => {
        expect(isInScope(path, [pattern])).toBe(matchesSlowly(path.split('/'), segmentsOf(pattern)));
      }),
      { numRuns: 300 },
    );
  });

  it('overlaps another exactly when a path is in both', () => {
    fc.assert(
      fc.property(pattern, pattern, (left, right) => {
        // Patterns that overlap share a path with no more names than they have segments together, runs not counted.
        fc.pre([...segmentsOf(left), ...segmentsOf(right)].filter((name) => name !== '**').length <= 6);
        const isShared = PATHS.some((path) => isInScope(path, [left]) && isInScope(path, [right]));
        expect(patternsOverlap(left, right)).toBe(isShared);
        expect(patternsOverlap(right, left)).toBe(isShared);
      }),
      { numRuns: 100 },
    );
  });
});
