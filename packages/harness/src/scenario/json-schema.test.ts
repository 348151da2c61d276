import { expect, it } from 'vitest';
import { scenarioJsonSchema } from './json-schema.ts';
import { readYaml } from './read-yaml.ts';
import { scenarioFile } from './scenario.ts';

interface Form {
  readonly properties?: Readonly<Record<string, Form>>;
  readonly items?: Form;
  readonly anyOf?: readonly Form[];
}

const schema = scenarioJsonSchema() as Form;
const { limits, expected, faults } = schema.properties ?? {};

/** What the reader says it knows where it meets what it does not know. */
function known(source: string, kind: 'key' | 'fault'): readonly string[] {
  const pattern = new RegExp(`^unknown ${kind} "no-such" \\(known: (.*)\\)$`);
  const found = readYaml(source, scenarioFile).problems.map(({ message }) => pattern.exec(message)?.[1]);
  return found.find((names) => names !== undefined)?.split(', ') ?? [];
}

const keys = (form: Form | undefined): readonly string[] => Object.keys(form?.properties ?? {});

it.each([
  ['{ no-such: 1 }', schema],
  ['limits: { no-such: 1 }', limits],
  ['expected: { no-such: 1 }', expected],
  ['expected: { launch: { no-such: 1 } }', expected?.properties?.['launch']],
  ['expected: { metrics: { no-such: 1 } }', expected?.properties?.['metrics']],
  ['expected: { commits: { no-such: 1 } }', expected?.properties?.['commits']],
  ['expected: { blocked: [{ no-such: 1 }] }', expected?.properties?.['blocked']?.items],
  ['expected: { messages: [{ no-such: 1 }] }', expected?.properties?.['messages']?.items],
  ['expected: { others: [{ no-such: 1 }] }', expected?.properties?.['others']?.items],
  ['expected: { findings: [{ no-such: 1 }] }', expected?.properties?.['findings']?.items?.anyOf?.[1]],
  ['faults: [{ no-such: 1 }]', faults?.items],
  ['faults: [{ at: { no-such: 1 } }]', faults?.items?.properties?.['at']?.anyOf?.[2]],
])('the schema has the keys that are read: %s', (source, form) => {
  expect(keys(form).toSorted()).toEqual(known(source, 'key').toSorted());
});

it('the schema has the faults that are read', () => {
  const steps = faults?.items?.properties?.['do']?.anyOf?.[0]?.anyOf ?? [];
  expect(steps.flatMap(keys)).toEqual(known('faults: [{ do: [no-such: 1] }]', 'fault'));
});
