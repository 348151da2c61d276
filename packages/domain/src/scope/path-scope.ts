import { intersects, RUN, type Sequence } from './intersect.ts';

/**
 * A scope is a list of patterns: paths relative to the repository's root (`src/a.ts`), directories with all that is in
 * them (`src/b/`), or globs. In a glob `*` stands for any characters but `/`, `?` for one of them, and `**` between
 * slashes for any number of directories; at the end it stands for everything below. Letter case counts, a leading dot
 * is nothing special, and brackets and parentheses stand for themselves.
 */
type Segment = Sequence<Character>;

/** One character as it is, or null for any. */
type Character = string | null;

/** Whether a pattern covers the path. A path that leads out of the repository or into git's own files never is in scope. */
export function isInScope(path: string, patterns: readonly string[]): boolean {
  const names = path.split('/');
  if (names.some((name) => nameProblem(name) !== null)) return false;
  const segments = names.map((name) => Array.from(name));
  return patterns.some((pattern) => intersects(segments, compile(pattern), segmentsMeet));
}

/** Whether some path could match both patterns. */
export function patternsOverlap(left: string, right: string): boolean {
  return intersects(compile(left), compile(right), segmentsMeet);
}

/** Why a pattern must not be used, in words that follow the pattern; null when it may be. */
export function patternProblem(pattern: string): string | null {
  if (pattern.trim() === '') return 'is empty';
  if (pattern !== pattern.trim()) return 'begins or ends with a space';
  if (/\p{Cc}/u.test(pattern)) return 'has a control character in it';
  if (pattern.includes('\\')) return 'has a backslash in it; write "/" between directories';
  if (/^(?:\/|~|[a-z]:)/i.test(pattern))
    return 'is absolute; write it relative to the root of the repository';
  if (/[{}]|^!/.test(pattern))
    return 'uses braces or "!", which are not supported; list the paths one by one';
  for (const name of pattern.replace(/\/$/, '').split('/')) {
    if (name !== '**' && name.includes('**'))
      return 'has "**" beside other characters; it must stand alone between slashes';
    const problem = nameProblem(name);
    if (problem !== null) return problem;
  }
  return null;
}

function nameProblem(name: string): string | null {
  if (name === '') return 'has an empty part; remove the double slash';
  if (name === '.' || name === '..')
    return `has "${name}" in it; write the path from the root of the repository`;
  return name.toLowerCase() === '.git' ? "leads into git's own files" : null;
}

function compile(pattern: string): Sequence<Segment> {
  const names = pattern.split('/');
  if (names.at(-1) === '') names[names.length - 1] = '**';
  // Everything below a directory is any number of directories and then one name.
  if (names.at(-1) === '**') names.push('*');
  return names.map((name) => (name === '**' ? RUN : Array.from(name, compileCharacter)));
}

function compileCharacter(character: string): Character | typeof RUN {
  if (character === '*') return RUN;
  return character === '?' ? null : character;
}

function segmentsMeet(left: Segment, right: Segment): boolean {
  return intersects(left, right, charactersMeet);
}

function charactersMeet(left: Character, right: Character): boolean {
  return left === null || right === null || left === right;
}
