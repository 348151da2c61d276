import type { EventView } from '@tina/contract';
import { clock } from '../output/amounts.ts';
import { facts } from './facts.ts';

/** An event in one line: number, time, type, and what it says, the long parts left out. */
export function eventLine(event: EventView): string {
  const parts = [String(event.number).padStart(5), clock(event.at), event.type, ...facts(event.data)];
  return parts.join('  ').trimEnd();
}
