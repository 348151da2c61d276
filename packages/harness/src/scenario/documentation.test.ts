import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readYaml } from './read-yaml.ts';
import { scenarioFile } from './scenario.ts';

const page = readFileSync(new URL('../../../../docs/scenarios.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map((match) => match[1] ?? '');

/** Every key that a reader knows, as it says itself when it meets one that it does not know. */
function keysOf(path: readonly string[]): readonly string[] {
  const source = path.reduceRight((inner, key) => `{ ${key}: ${inner} }`, '{ no-such-key: 1 }');
  const { problems } = readYaml(source, scenarioFile);
  const known = problems.map(
    ({ message }) => /^unknown key "no-such-key" \(known: (.*)\)$/.exec(message)?.[1],
  );
  return known.find((names) => names !== undefined)?.split(', ') ?? [];
}

describe('docs/scenarios.md', () => {
  it.each(examples)('has an example that can be read: %#', (example) => {
    expect(readYaml(example, scenarioFile).problems).toEqual([]);
  });

  it.each([[[]], [['limits']], [['expected']], [['expected', 'metrics']], [['expected', 'commits']]])(
    'names every key of %j',
    (path) => {
      const keys = keysOf(path);
      expect(keys.length).toBeGreaterThan(1);
      expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(page))).toEqual([]);
    },
  );

  it('names every fault', () => {
    const { problems } = readYaml('faults: [{ at: launch, do: [no-such: 1] }]', scenarioFile);
    const known = problems.map(
      ({ message }) => /^unknown fault "no-such" \(known: (.*)\)$/.exec(message)?.[1],
    );
    const faults = known.find((names) => names !== undefined)?.split(', ') ?? [];
    expect(faults).toContain('kill');
    expect(faults.filter((fault) => !page.includes(`\`${fault}: `))).toEqual([]);
  });
});
