import type { ProcedureOutput, TimelineItem } from '@tina/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Home, newKey, openHome, refusalOf } from '../testing/home.test-support.ts';

/** What the timeline shows, in short: the types of events, and of actions who asked for what with its outcome. */
function short(items: readonly TimelineItem[]): readonly string[] {
  return items.map((item) =>
    'event' in item
      ? item.event.type
      : `${item.action.requestedBy} ${item.action.kind} ${item.action.reasonCode ?? 'done'}`,
  );
}

async function pause(home: Home, run: string, name = 'ada'): Promise<void> {
  await home.call('run.pause', { run, idempotencyKey: newKey() }, { kind: 'operator', name });
}

async function refusedPause(home: Home, run: string): Promise<void> {
  await refusalOf(home.call('run.pause', { run, idempotencyKey: newKey() }));
}

async function whole(home: Home, run: string): Promise<ProcedureOutput<'timeline.list'>> {
  return home.call('timeline.list', { run, limit: 10_000 });
}

describe('G28 the timeline of a run', () => {
  it('shows who asked for what before what it did, and what was refused where that happened', async () => {
    const home = await openHome();
    const run = await home.startRun();
    await home.node.work();
    const { length } = await home.call('event.list', { run });
    await pause(home, run, 'grace');
    await refusedPause(home, run);
    await home.call('run.resume', { run, idempotencyKey: newKey() });

    const items = await whole(home, run);
    expect(short(items).slice(0, 2)).toEqual(['ada run.create done', 'run.created']);
    expect(short(items).slice(length + 1)).toEqual([
      'grace run.pause done',
      'run.paused',
      'ada run.pause already_paused',
      'ada run.resume done',
      'run.resumed',
    ]);
    const actions = await home.call('action.list', { run });
    expect(items.flatMap((item) => ('action' in item ? [item.action] : []))).toEqual(actions);
    expect(actions[1]).toMatchObject({
      kind: 'run.pause',
      input: { run, now: false },
      requestedAt: home.clock.now(),
      outcome: 'done',
      message: null,
      answer: { runId: run, status: 'paused' },
      afterEvent: length,
      lastEvent: length + 1,
    });
    expect(actions[2]).toMatchObject({
      outcome: 'rejected',
      message: expect.stringContaining('paused') as string,
      answer: null,
      afterEvent: length + 1,
      lastEvent: length + 1,
    });
  });

  it('is read in pages and from an event on, with nothing missing and nothing twice', async () => {
    const home = await openHome();
    const run = await home.startRun();
    for (let round = 0; round < 4; round += 1) {
      await pause(home, run);
      await refusedPause(home, run);
      await refusedPause(home, run);
      await home.call('run.resume', { run, idempotencyKey: newKey() });
    }
    const all = await whole(home, run);
    for (const limit of [1, 2, 3, 5]) {
      const read: TimelineItem[] = [];
      for (let cursor = { after: 0, afterAction: 0 }; ;) {
        const page = await home.call('timeline.list', { run, ...cursor, limit });
        read.push(...page);
        if (page.length === 0) break;
        for (const item of page) {
          if ('event' in item) cursor = { ...cursor, after: item.event.number };
          else cursor = { ...cursor, afterAction: item.action.sequence };
        }
      }
      expect(read, `in pages of ${limit}`).toEqual(all);
    }
    const from = all.findIndex((item) => 'event' in item && item.event.number === 3);
    expect(await home.call('timeline.list', { run, after: 3 })).toEqual(all.slice(from + 1));
  });

  it('G24 that is followed, left and taken up again shows what one reading shows', async () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 6 })), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (connections) => {
        const home = await openHome();
        const run = await home.startRun();
        const seen: TimelineItem[] = [];
        let cursor = { after: 0, afterAction: 0 };
        const take = async (count: number): Promise<void> => {
          const leave = new AbortController();
          const items = home.watch('timeline.watch', { run, ...cursor }, leave.signal);
          for (let taken = 0; taken < count; taken += 1) {
            const item = (await items.next()).value as TimelineItem;
            seen.push(item);
            if ('event' in item) cursor = { ...cursor, after: item.event.number };
            else cursor = { ...cursor, afterAction: item.action.sequence };
          }
          leave.abort();
          await items.return?.();
        };
        for (const [rounds, reads] of connections) {
          const reading = take(Math.min(reads, (await whole(home, run)).length - seen.length));
          for (let round = 0; round < rounds; round += 1) {
            await pause(home, run);
            await refusedPause(home, run);
            await home.call('run.resume', { run, idempotencyKey: newKey() });
          }
          await reading;
        }
        const all = await whole(home, run);
        await take(all.length - seen.length);
        expect(seen).toEqual(all);
      }),
      { numRuns: 15 },
    );
  });

  it('wakes who follows it also for a refusal, and not who follows the run or its events', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const last = (await whole(home, run)).at(-1);
    const after = last && 'event' in last ? last.event.number : 0;
    const [created] = await home.call('action.list', { run });
    const leave = new AbortController();
    const cursor = { after, afterAction: created?.sequence ?? 0 };
    const timeline = home.watch('timeline.watch', { run, ...cursor }, leave.signal);
    const views = home.watch('run.watch', { run }, leave.signal);
    await views.next();
    let isWoken = false;
    const view = views.next().then(() => (isWoken = true));
    const next = timeline.next();
    await refusalOf(home.call('run.resume', { run, idempotencyKey: newKey() }));
    expect(short([(await next).value as TimelineItem])).toEqual(['ada run.resume not_paused']);
    expect(isWoken).toBe(false);
    leave.abort();
    await Promise.all([view, timeline.return?.(), views.return?.()]);
  });

  it('of what was about no run is in the list of all actions alone', async () => {
    const home = await openHome();
    const run = await home.startRun();
    await refusalOf(home.call('run.pause', { run: 'nobody', idempotencyKey: newKey() }));
    const all = await home.call('action.list', {});
    expect(all.map(({ runId, reasonCode }) => [runId, reasonCode])).toEqual([
      [run, null],
      [null, 'no_such_run'],
    ]);
    expect(await home.call('action.list', { after: all[0]?.sequence ?? 0 })).toEqual([all[1]]);
    expect(await home.call('action.list', { limit: 1 })).toEqual([all[0]]);
  });
});
