import type { EventView } from '@tina/contract';
import { clock } from '../output/amounts.ts';
import { facts } from './facts.ts';

/** An event in one line: number, time, type, and what it says, the long parts left out. */
export function eventLine(
  { number, at, type, data }: EventView,
  taskNames: ReadonlyMap<string, string>,
): string {
  return [String(number).padStart(5), clock(at), type, ...facts(data, { taskNames })].join('  ').trimEnd();
}

/** An event that adds a task says what that is called. */
export function learnTaskName({ type, data }: EventView, taskNames: Map<string, string>): void {
  const { id, name } = data;
  if (type === 'task.added' && typeof id === 'string' && typeof name === 'string') taskNames.set(id, name);
}
