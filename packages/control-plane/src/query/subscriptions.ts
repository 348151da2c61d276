import type { EventView, RunView, TimelineItem } from '@tina/contract';
import type { Store } from '@tina/store';
import type { CommitNotice, EventBus } from '../executor/event-bus.ts';
import { eventView } from './run-view.ts';
import { cursorAfter, readTimeline, type TimelineCursor } from './timeline.ts';

const BATCH = 500;
/** A screen needs no more than this many pictures a second; changes between two of them are shown together. */
const VIEW_INTERVAL_MS = 50;

/**
 * Events after a cursor and every new one. A subscriber that comes back with its last number sees exactly what an
 * uninterrupted one would have seen (G24): events are read from the store, commits only wake the reader.
 */
export async function* watchEvents(
  dependencies: { readonly store: Store; readonly bus: EventBus },
  range: { readonly runId: string | null; readonly after: number },
  signal: AbortSignal,
): AsyncGenerator<EventView> {
  const bell = createBell(
    dependencies.bus,
    ({ runId, hasEvents }) => hasEvents && isOf(range.runId, runId),
    signal,
  );
  let after = range.after;
  try {
    while (!signal.aborted) {
      const batch = await dependencies.store.readEvents({ runId: range.runId, after, limit: BATCH });
      for (const event of batch) {
        yield eventView(event);
        after = range.runId === null ? event.sequence : event.number;
      }
      if (batch.length === 0) await bell.rung();
    }
  } finally {
    bell.remove();
  }
}

/** The timeline of a run after a place in it and everything new, also what was refused; as `watchEvents` otherwise. */
export async function* watchTimeline(
  dependencies: { readonly store: Store; readonly bus: EventBus },
  range: TimelineCursor & { readonly runId: string },
  signal: AbortSignal,
): AsyncGenerator<TimelineItem> {
  const bell = createBell(dependencies.bus, (notice) => notice.runId === range.runId, signal);
  let cursor: TimelineCursor = range;
  try {
    while (!signal.aborted) {
      const { after, afterAction } = cursor;
      const place = { after, afterAction, limit: BATCH };
      const batch = await readTimeline(dependencies.store, range.runId, place);
      for (const item of batch) {
        yield item;
        cursor = cursorAfter(cursor, item);
      }
      if (batch.length === 0) await bell.rung();
    }
  } finally {
    bell.remove();
  }
}

/** The run as it is now, and again after changes, until it has ended and nothing of it is at work any more. */
export async function* watchRun(
  dependencies: { readonly bus: EventBus; readonly view: () => Promise<RunView> },
  runId: string,
  signal: AbortSignal,
): AsyncGenerator<RunView> {
  const bell = createBell(dependencies.bus, (notice) => notice.hasEvents && notice.runId === runId, signal);
  try {
    while (!signal.aborted) {
      const view = await dependencies.view();
      yield view;
      if (view.endedAt !== null && view.stopping === 0) return;
      await bell.rung();
      await pause(VIEW_INTERVAL_MS, signal);
    }
  } finally {
    bell.remove();
  }
}

export interface Bell {
  /** Comes back when the bell was rung since the last time, or when the signal ends. */
  rung(): Promise<void>;
  remove(): void;
}

function isOf(wanted: string | null, runId: string): boolean {
  return wanted === null || wanted === runId;
}

export function createBell(
  bus: EventBus,
  isHeard: (notice: CommitNotice) => boolean,
  signal: AbortSignal,
): Bell {
  let isRung = false;
  let wake: (() => void) | null = null;
  const ring = (): void => {
    isRung = true;
    wake?.();
  };
  const unsubscribe = bus.subscribe((notice: CommitNotice) => {
    if (isHeard(notice)) ring();
  });
  signal.addEventListener('abort', ring, { once: true });
  return {
    async rung() {
      if (!isRung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      wake = null;
      isRung = false;
    },
    remove() {
      unsubscribe();
      signal.removeEventListener('abort', ring);
    },
  };
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timeout);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timeout = setTimeout(done, durationMs);
    signal.addEventListener('abort', done, { once: true });
  });
}
