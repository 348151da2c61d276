import type { EventView, RunView } from '@tina/contract';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createEventBus, type EventBus } from '../executor/event-bus.ts';
import { type Home, newKey, openHome, refusalOf } from '../testing/home.test-support.ts';
import { watchEvents } from './subscriptions.ts';

/** Pauses and resumes: two commits of one event each. */
async function toggle(home: Home, run: string, times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await home.call('run.pause', { run, idempotencyKey: newKey() });
    await home.call('run.resume', { run, idempotencyKey: newKey() });
  }
}

async function take(items: AsyncIterator<EventView>, count: number): Promise<EventView[]> {
  const taken: EventView[] = [];
  while (taken.length < count) taken.push((await items.next()).value as EventView);
  return taken;
}

/** A bus that tells how many listen. */
function countingBus(): { readonly bus: EventBus; readonly listeners: () => number } {
  const bus = createEventBus();
  let listeners = 0;
  return {
    bus: {
      ...bus,
      subscribe(listener) {
        const remove = bus.subscribe(listener);
        listeners += 1;
        return () => {
          remove();
          listeners -= 1;
        };
      },
    },
    listeners: () => listeners,
  };
}

describe('G24 a subscriber', () => {
  it('that goes away and comes back with its cursor sees exactly what an uninterrupted one sees', async () => {
    const steps = fc.array(
      fc.record({ commits: fc.integer({ min: 0, max: 4 }), reads: fc.integer({ min: 0, max: 9 }) }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (connections, ofOneRun) => {
        const home = await openHome();
        const run = await home.startRun();
        const other = await home.startRun({ fresh: true, feature: 'other' });
        const range = ofOneRun ? { run } : {};
        const seen: EventView[] = [];
        let after = 0;
        for (const { commits, reads } of connections) {
          const leave = new AbortController();
          const items = home.watch('event.watch', { ...range, after }, leave.signal);
          const [, taken] = await Promise.all([
            toggle(home, run, commits).then(() => toggle(home, other)),
            take(items, Math.min(reads, seen.length === 0 ? 10 : 2)),
          ]);
          leave.abort();
          await items.return?.();
          seen.push(...taken);
          after = (ofOneRun ? seen.at(-1)?.number : seen.at(-1)?.sequence) ?? after;
        }
        const all = await home.call('event.list', { ...range, limit: 10_000 });
        const rest = home.watch('event.watch', { ...range, after });
        seen.push(...(await take(rest, all.length - seen.length)));
        expect(seen).toEqual(all);
      }),
      { numRuns: 25 },
    );
  });

  it('sees an event that is committed while it reads, and nothing twice', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const before = (await home.call('event.list', { run })).length;
    const items = home.watch('event.watch', { run });
    const seen = await take(items, before);
    const next = take(items, 2);
    await toggle(home, run);
    seen.push(...(await next));
    expect(seen.map((event) => event.number)).toEqual(seen.map((_, index) => index + 1));
  });

  it('that does not read holds nobody up, and has no more kept for it than one batch', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const readEvents = vi.spyOn(home.store, 'readEvents');
    const stalled = home.watch('event.watch', { run });
    await take(stalled, 1);
    readEvents.mockClear();
    const reader = home.watch('event.watch', { run });
    await toggle(home, run, 40);
    const all = await home.call('event.list', { run, limit: 10_000 });
    expect(await take(reader, all.length)).toEqual(all);
    // Of all the reads since, not one was made for the subscriber that stands still.
    expect(readEvents.mock.calls.filter(([range]) => range.after === 0)).toHaveLength(2);
    expect(await take(stalled, all.length - 1)).toEqual(all.slice(1));
  });

  it('that leaves, is cut off or meets an error leaves no listener behind', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const { bus, listeners } = countingBus();
    const open = (signal: AbortSignal, store = home.store): AsyncGenerator<EventView> =>
      watchEvents({ store, bus }, { runId: run, after: 0 }, signal);

    const cut = new AbortController();
    const waiting = open(cut.signal);
    const events = (await home.call('event.list', { run })).length;
    await take(waiting, events);
    const end = waiting.next();
    await vi.waitFor(() => expect(listeners()).toBe(1));
    cut.abort();
    expect(await end).toEqual({ done: true, value: undefined });

    const leaving = open(new AbortController().signal);
    await take(leaving, 1);
    expect(listeners()).toBe(1);
    await leaving.return(undefined);

    const readEvents = (): Promise<never> => Promise.reject(new Error('the disk has gone'));
    const failing = open(new AbortController().signal, { ...home.store, readEvents });
    await expect(failing.next()).rejects.toThrow('the disk has gone');

    const gone = open(AbortSignal.abort());
    expect((await gone.next()).done).toBe(true);
    expect(listeners()).toBe(0);
  });

  it('of a run that is not there is refused', async () => {
    const home = await openHome();
    const items = home.watch('event.watch', { run: 'nobody' });
    expect(await refusalOf(items.next())).toMatchObject({ code: 'no_such_run' });
    expect(await refusalOf(home.watch('run.watch', { run: 'nobody' }).next())).toMatchObject({
      code: 'no_such_run',
    });
  });
});

describe('whoever watches a run', () => {
  it('sees it as it is, changes that come together as one, and its end', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const views: RunView[] = [];
    const watching = (async () => {
      for await (const view of home.watch('run.watch', { run })) views.push(view);
    })();
    await vi.waitFor(() => expect(views).toHaveLength(1));
    await toggle(home, run, 30);
    await vi.waitFor(() => expect(views.length).toBeGreaterThan(1));
    await home.call('run.cancel', { run, idempotencyKey: newKey() });
    await home.node.work();
    await watching;
    expect(views.length).toBeLessThan(20);
    expect(views.at(-1)).toMatchObject({ status: 'cancelled', attempts: [] });
    expect(views.map((view) => view.revision)).toEqual(
      [...new Set(views.map((view) => view.revision))].toSorted((a, b) => a - b),
    );
  });

  it('does not wait for ever for an attempt that could not be settled', async () => {
    const home = await openHome();
    home.node.script.turn = () => null;
    const run = await home.startRun();
    await home.node.work();
    const problem = { code: 'disk_full', message: 'no room', output: null, next: [] };
    home.node.script.job = ({ job }) =>
      job.kind === 'settle-attempt' ? { kind: 'failed', problem } : undefined;
    await home.call('run.cancel', { run, idempotencyKey: newKey() });
    await home.node.work();
    const views = home.watch('run.watch', { run });
    expect((await views.next()).value).toMatchObject({ status: 'cancelled' });
    expect((await views.next()).done).toBe(true);
  });

  it('may leave while nothing changes, or between two pictures', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const leave = new AbortController();
    const views = home.watch('run.watch', { run }, leave.signal);
    await views.next();
    const waiting = views.next();
    await toggle(home, run);
    leave.abort();
    expect((await waiting).done).toBe(true);
    const idle = new AbortController();
    const quiet = home.watch('run.watch', { run }, idle.signal);
    await quiet.next();
    const nothing = quiet.next();
    idle.abort();
    expect((await nothing).done).toBe(true);
  });
});
