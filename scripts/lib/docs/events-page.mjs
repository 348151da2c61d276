// docs/events.md: every event with what it says and carries, from the domain's table of events.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../sources.mjs';
import { MEANINGS } from './event-meanings.mjs';

const DOMAIN = join(root, 'packages/domain/src');

const INTRODUCTION = `# Events

Made from the code by \`npm run docs\`; do not edit.

An event is a fact that never changes. \`tina events\` lists those of a run, and between them who asked for what;
\`tina events --json\` prints the events alone as [Event](json-output.md#event), with what is described here as \`data\`.
Types are written as in TypeScript.
`;

export function eventsPage() {
  const declarations = readDeclarations();
  const events = readEvents(declarations.get('RunEventPayloads'));
  const undescribed = events.filter(({ type }) => MEANINGS[type] === undefined).map(({ type }) => type);
  const unknown = Object.keys(MEANINGS).filter((type) => !events.some((event) => event.type === type));
  if (undescribed.length + unknown.length > 0) {
    const lists = `without a meaning: ${undescribed.join(', ')}; no event any more: ${unknown.join(', ')}`;
    throw new Error(`event-meanings.mjs does not fit the table of events: ${lists}`);
  }
  const rows = events.map(({ type, payload }) => `| \`${type}\` | ${MEANINGS[type]} | ${code(payload)} |`);
  const used = namesIn(events.map(({ payload }) => payload).join(' '), declarations);
  const types = [...used].toSorted((a, b) => (a < b ? -1 : 1)).map((name) => declarations.get(name));
  return [
    INTRODUCTION,
    '| event | what happened | data |',
    '|---|---|---|',
    ...rows,
    '',
    '## Types',
    '',
    '```ts',
    types.join('\n\n'),
    '```',
    '',
  ].join('\n');
}

/** Every exported type of the domain by its name, with its doc comment, and without `export` and `readonly`. */
function readDeclarations() {
  const declarations = new Map();
  for (const path of globSync('**/*.ts', {
    cwd: DOMAIN,
    exclude: ['**/*.test.ts', '**/*.test-support.ts'],
  })) {
    const text = readFileSync(join(DOMAIN, path), 'utf8');
    // A declaration ends where the next line stands at the margin again, but for the brace that closes it.
    const pattern =
      /^((?:\/\*\*(?:(?!\*\/)[^])*\*\/\n)?)export (interface|type|const) (\w+)[^\n]*(?:\n(?:[ }\])][^\n]*)?)*/gm;
    for (const [declaration, , , name] of text.matchAll(pattern)) {
      const isType = /^export (?:interface|type) /m.test(declaration);
      const plain = declaration.replaceAll(/^export |\breadonly /gm, '').trim();
      if (isType || plain.endsWith('as const;')) declarations.set(name, plain);
    }
  }
  return declarations;
}

/** The table's entries: `'run.paused': { stopAttempts: boolean };`, over one or more lines. */
function readEvents(table) {
  return [...table.matchAll(/^ {2}'([a-z_.]+)':([^]*?);(?=\n(?:\n| {2}['/]|\}))/gm)].map(
    ([, type, payload]) => ({
      type,
      payload: payload
        .replaceAll(/\/\*\*[^]*?\*\//g, '')
        .replaceAll(/\s+/g, ' ')
        .replaceAll(/; \}/g, ' }')
        .replace(/^[ |]+/, '')
        .trim(),
    }),
  );
}

/** The declared types that a text names, and those that these name. */
function namesIn(text, declarations, found = new Set()) {
  for (const [name] of text.matchAll(/\b[A-Z]\w+\b/g)) {
    if (!declarations.has(name) || found.has(name)) continue;
    found.add(name);
    namesIn(declarations.get(name).replaceAll(/\/\*\*[^]*?\*\//g, ''), declarations, found);
  }
  return found;
}

function code(payload) {
  return payload === 'Record<never, never>' ? '' : `\`${payload.replaceAll('|', '\\|')}\``;
}
