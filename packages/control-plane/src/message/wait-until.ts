import type { EventBus } from '../executor/event-bus.ts';
import type { After } from '../timer/alarm.ts';
import { createBell } from '../query/subscriptions.ts';

/** Looks now and after every commit of the run, until there is something, the time is over or the caller is gone; then null. */
export async function waitUntil<Found>(parameters: {
  readonly bus: EventBus;
  readonly after: After;
  readonly runId: string;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly look: () => Promise<Found | null>;
}): Promise<Found | null> {
  const { bus, after, runId, waitMs, signal, look } = parameters;
  const over = new AbortController();
  const end = AbortSignal.any([signal, over.signal]);
  const bell = createBell(bus, (notice) => notice.runId === runId && notice.hasEvents, end);
  const stopClock = after(waitMs, () => over.abort());
  try {
    for (;;) {
      const found = await look();
      if (found !== null || end.aborted) return found;
      await bell.rung();
    }
  } finally {
    stopClock();
    bell.remove();
  }
}
