import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Store, StoredEvent } from '../store.ts';
import type { OpenBench } from './bench.ts';
import { advance, commitOf, newRun, runWrite, startRun, taskAdded } from './toy-run.ts';

export function eventContract(open: OpenBench): void {
  test('G24 all events stand in one sequence, in the order of their commits', async () => {
    const { store } = await open();
    expect(await store.lastSequence()).toBe(0);
    const a = await startRun(store);
    const b = await startRun(store);
    await advance(store, a, [taskAdded('a2'), taskAdded('a3')]);
    await advance(store, b, [taskAdded('b2')]);

    const all = await store.readEvents({ runId: null, after: 0, limit: 100 });
    expect(all.map(({ runId, number }) => [runId, number])).toEqual([
      [a.id, 1],
      [b.id, 1],
      [a.id, 2],
      [a.id, 3],
      [b.id, 2],
    ]);
    expect(all.map(({ sequence }) => sequence)).toEqual(
      [...new Set(all.map(({ sequence }) => sequence))].toSorted((x, y) => x - y),
    );
    expect(await store.lastSequence()).toBe(all.at(-1)?.sequence);
    const ofRun = await store.readEvents({ runId: a.id, after: 1, limit: 100 });
    expect(ofRun).toEqual(all.filter(({ runId, number }) => runId === a.id && number > 1));
    expect(ofRun[0]).toMatchObject({ ...taskAdded('a2'), runId: a.id, number: 2 });
  });

  test('G24 a refused commit uses up no place in the sequence', async () => {
    const { store } = await open();
    const run = await startRun(store);
    const next = await advance(store, run, [taskAdded('t1')]);
    await store.commit(commitOf(runWrite(run, [taskAdded('t2')])));
    await advance(store, next, [taskAdded('t3')]);

    const all = await store.readEvents({ runId: null, after: 0, limit: 100 });
    expect(all.map(({ sequence }) => sequence - (all[0]?.sequence ?? 0))).toEqual([0, 1, 2]);
  });

  test('G24 a reader that resumes from its cursor sees what an uninterrupted one sees', async () => {
    const { store } = await open();
    const first = await newRun(store);
    await store.commit(commitOf(first));
    await advance(
      store,
      first.after,
      Array.from({ length: 40 }, (_, index) => taskAdded(`t${index}`)),
    );
    await startRun(store);
    const whole = await store.readEvents({ runId: null, after: 0, limit: 1_000 });

    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (sizes) => {
        expect(await readInPages(store, sizes)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });
}

async function readInPages(store: Store, sizes: readonly number[]): Promise<readonly StoredEvent[]> {
  const seen: StoredEvent[] = [];
  for (let page = 0; ; page += 1) {
    const limit = sizes[page % sizes.length] ?? 1;
    const events = await store.readEvents({ runId: null, after: seen.at(-1)?.sequence ?? 0, limit });
    if (events.length === 0) return seen;
    seen.push(...events);
  }
}
