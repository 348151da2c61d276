import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const PAGE = new URL('../../../docs/guarantees.md', import.meta.url);
const TESTS = new URL('../e2e/', import.meta.url);
/** The name of a test, a group or a table of tests, as far as it stands in one string. */
const NAMES = /\b(?:test|it|describe)(?:\.\w+)*\((?:[^()]*\)\()?\s*(['"`])((?:(?!\1).)*)\1/gs;

/** For each guarantee that a test's name carries, the files of those tests. */
function proofs(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of readdirSync(TESTS)) {
    if (!file.endsWith('.test.ts')) continue;
    for (const [, , name = ''] of readFileSync(new URL(file, TESTS), 'utf8').matchAll(NAMES)) {
      for (const [number] of name.matchAll(/\bG\d\d\b/g)) {
        found.set(number, (found.get(number) ?? new Set()).add(file.replace('.test.ts', '')));
      }
    }
  }
  return found;
}

it('every guarantee names the end-to-end tests that carry its number, or says what it comes with', () => {
  const rows = readFileSync(PAGE, 'utf8').matchAll(/^\| (G\d\d) \| .+ \| (.+) \|$/gm);
  const proved = proofs();
  const page = new Map([...rows].map(([, number = '', files = '']) => [number, files]));
  expect(page.size).toBe(32);
  for (const [number, files] of page) {
    const named = files.startsWith('not yet: comes with ') ? '' : files;
    expect([number, named]).toEqual([number, [...(proved.get(number) ?? [])].toSorted().join(', ')]);
  }
});
