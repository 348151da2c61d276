import type { ActionView } from '@tina/contract';
import { clock, count } from '../output/amounts.ts';
import { plain } from '../output/plain.ts';
import { type FactOptions, facts } from './facts.ts';

/** A control action in one line of a timeline, told from an event by the arrow where that has its number. */
export function actionLine(action: ActionView): string {
  const parts = ['>'.padStart(5), clock(action.requestedAt), plain(action.requestedBy), askedFor(action)];
  return [...parts, resultOf(action)].join('  ');
}

/** What nobody typed. */
const FOR_PROGRAMS: ReadonlySet<string> = new Set(['designHash', 'idempotencyKey']);

/** What was asked for, with what came with it that a person would say; which run it was about stands elsewhere, where there is such a run. */
export function askedFor({ kind, runId, input }: ActionView, options: FactOptions = {}): string {
  const { run, ...others } = input;
  const rest = runId === null ? { run, ...others } : others;
  // A switch that is off was not given.
  const given = Object.entries(rest).filter(([name, value]) => value !== false && !FOR_PROGRAMS.has(name));
  return [kind, ...facts(Object.fromEntries(given), options)].join('  ');
}

/** What came of it: what it caused, or why it was rejected. */
export function resultOf({
  outcome,
  reasonCode,
  message,
  afterEvent,
  lastEvent,
  answer,
}: ActionView): string {
  if (outcome === 'rejected') return `rejected: ${reasonCode ?? ''}: ${plain(message ?? '')}`;
  if (Array.isArray(answer)) {
    const removed = answer.filter((item: { readonly action?: unknown }) => item.action === 'remove').length;
    return `done: ${count(removed, 'thing')} removed`;
  }
  if (afterEvent === null || lastEvent === null || afterEvent === lastEvent) return 'done';
  const first = afterEvent + 1;
  return first === lastEvent ? `done: event ${first}` : `done: events ${first} to ${lastEvent}`;
}
