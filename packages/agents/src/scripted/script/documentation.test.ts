import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseScript } from './parse-script.ts';
import { STEPS } from './steps.ts';

const page = readFileSync(new URL('../../../../../docs/scripted-agent.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map((match) => match[1] ?? '');
const scripts = examples.filter((example) => example.includes('\nentries:'));

describe('docs/scripted-agent.md', () => {
  it.each(scripts)('has an example that is a script: %#', (example) => {
    expect(parseScript(example).problems).toEqual([]);
  });

  it('has an example of every step', () => {
    const shown = scripts.flatMap((example) =>
      (parseScript(example).script?.entries ?? []).flatMap(({ steps }) => steps.map(({ kind }) => kind)),
    );
    expect(Object.keys(STEPS).filter((kind) => !(shown as string[]).includes(kind))).toEqual([]);
  });
});
