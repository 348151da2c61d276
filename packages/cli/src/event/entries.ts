import type { Client } from '@tina/client';
import type { TimelineItem } from '@tina/contract';
import { resubscribe } from '../follow/resubscribe.ts';
import type { CliContext } from '../program/context.ts';
import { openClient } from '../program/with-client.ts';

/** Entries that are asked for at once. */
const PAGE = 1_000;

/** An event, or what somebody asked for. */
export type Entry = TimelineItem;

/** Where to read on in what happened in a run. */
export interface Place {
  readonly run: string;
  /** Events alone. */
  readonly isPlain: boolean;
  /** The number of the last event, and the sequence of the last action, that were read. */
  readonly after: number;
  readonly afterAction: number;
}

/** Everything after a place, page by page. */
export async function* listEntries(client: Client, from: Place): AsyncGenerator<Entry, void> {
  for (let place = from; ;) {
    const page = await readPage(client, place);
    for (const entry of page) {
      yield entry;
      place = behind(place, entry);
    }
    if (page.length < PAGE) return;
  }
}

/** Everything after a place and everything new. A daemon that dies and comes back leaves no gap (G24). */
export async function* followEntries(
  context: CliContext,
  from: Place,
  signal: AbortSignal,
): AsyncGenerator<Entry, void> {
  let place = from;
  const stream = resubscribe({
    open: () => openClient(context),
    subscribe: (client) => subscribe(client, place, signal),
    onLost: () => {},
    signal,
  });
  for await (const entry of stream) {
    place = behind(place, entry);
    yield entry;
  }
}

async function readPage(
  client: Client,
  { run, isPlain, after, afterAction }: Place,
): Promise<readonly Entry[]> {
  if (!isPlain) return client.call('timeline.list', { run, after, afterAction, limit: PAGE });
  const events = await client.call('event.list', { run, after, limit: PAGE });
  return events.map((event) => ({ event }));
}

async function* subscribe(
  client: Client,
  { run, isPlain, after, afterAction }: Place,
  signal: AbortSignal,
): AsyncGenerator<Entry, void> {
  if (isPlain) {
    for await (const event of client.subscribe('event.watch', { run, after }, { signal })) yield { event };
  } else {
    yield* client.subscribe('timeline.watch', { run, after, afterAction }, { signal });
  }
}

function behind(place: Place, entry: Entry): Place {
  return 'event' in entry
    ? { ...place, after: entry.event.number }
    : { ...place, afterAction: entry.action.sequence };
}
