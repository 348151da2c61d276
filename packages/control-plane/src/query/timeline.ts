import type { ActionView, TimelineItem } from '@tina/contract';
import type { Store, StoredAction, StoredEvent } from '@tina/store';
import { actionView } from './action-view.ts';
import { eventView } from './run-view.ts';

/** A place in a run's timeline: the last event and the last action that were read. */
export interface TimelineCursor {
  /** The number of an event; actions before it that the cursor has not passed are left out. */
  readonly after: number;
  /** The sequence of an action. */
  readonly afterAction: number;
}

/**
 * Events and control actions of a run in the order of their commits: an action stands before the first event that it
 * caused. Events are read first, so every action that belongs between them is there when the actions are read; what came
 * after the last of the events is left for the next reading (G24, G28).
 */
export async function readTimeline(
  store: Store,
  runId: string,
  { after, afterAction, limit }: TimelineCursor & { readonly limit: number },
): Promise<readonly TimelineItem[]> {
  const events = await store.readEvents({ runId, after, limit });
  const actions = await store.readActions({ runId, after: afterAction, fromEvent: after, limit });
  const lastRead = events.at(-1)?.number ?? after;
  const items = merge(
    events,
    actions.filter((action) => placeOf(action) <= lastRead),
  );
  return items.slice(0, limit);
}

/** The cursor behind an item. */
export function cursorAfter(cursor: TimelineCursor, item: TimelineItem): TimelineCursor {
  return 'event' in item
    ? { ...cursor, after: item.event.number }
    : { ...cursor, afterAction: item.action.sequence };
}

function merge(events: readonly StoredEvent[], actions: readonly StoredAction[]): readonly TimelineItem[] {
  const items: TimelineItem[] = [];
  let next = 0;
  const takeActions = (before: number): void => {
    for (let action = actions[next]; action && placeOf(action) < before; action = actions[next]) {
      items.push({ action: actionView(action) });
      next += 1;
    }
  };
  for (const event of events) {
    takeActions(event.number);
    items.push({ event: eventView(event) });
  }
  takeActions(Infinity);
  return items;
}

function placeOf(action: StoredAction): NonNullable<ActionView['afterEvent']> {
  return action.afterEvent ?? 0;
}
