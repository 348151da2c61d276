import type { ActionView } from '@tina/contract';
import { clock, count } from '../output/amounts.ts';
import { plain } from '../output/plain.ts';
import { facts } from './facts.ts';

/** A control action in one line of a timeline, told from an event by the arrow where that has its number. */
export function actionLine(action: ActionView): string {
  const parts = ['>'.padStart(5), clock(action.requestedAt), plain(action.requestedBy), askedFor(action)];
  return [...parts, resultOf(action)].join('  ');
}

/** What was asked for, with what came with it; which run it was about stands elsewhere, where there is such a run. */
export function askedFor({ kind, runId, input }: ActionView): string {
  const { run, ...others } = input;
  const rest = runId === null ? { run, ...others } : others;
  // A switch that is off was not given.
  const given = Object.entries(rest).filter(([, value]) => value !== false);
  return [kind, ...facts(Object.fromEntries(given))].join('  ');
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
