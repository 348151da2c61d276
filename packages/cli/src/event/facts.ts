import { plain } from '../output/plain.ts';

/** Longer texts are cut; `--json` has them whole. */
const MAX_TEXT = 80;

/** What an event or a request says, as `name=value`: the long parts are left out, and what is not there too. */
export function facts(data: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(data).flatMap(([name, value]) => {
    const text = factText(value);
    return text === null ? [] : [`${name}=${text}`];
  });
}

function factText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return plain(value).slice(0, MAX_TEXT);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? null : `[${value.length}]`;
  return '{}';
}
