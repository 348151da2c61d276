import type { EventView } from '@tina/contract';
import { clock } from '../output/amounts.ts';
import { plain } from '../output/plain.ts';

/** An event in one line: number, time, type, and what it says, the long parts left out. */
export function eventLine(event: EventView): string {
  const facts = Object.entries(event.data).flatMap(([name, value]) => {
    const text = factText(value);
    return text === null ? [] : [`${name}=${text}`];
  });
  return [String(event.number).padStart(5), clock(event.at), event.type, ...facts].join('  ').trimEnd();
}

function factText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return plain(value).slice(0, 80);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? null : `[${value.length}]`;
  return '{}';
}
