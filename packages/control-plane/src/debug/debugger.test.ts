import type { ProcedureInput, ProcedureOutput } from '@tina/contract';
import { evolve, initialState, runStatus } from '@tina/domain';
import { openSqliteStore } from '@tina/store';
import { describe, expect, it } from 'vitest';
import { type Home, newKey, OPERATOR, openOnStore, refusalOf } from '../testing/home.test-support.ts';
import { createDebugger, type Debugger } from './debugger.ts';
import { debugOff } from './no-debugger.ts';

interface Debugged {
  readonly debug: Debugger;
  readonly home: Home;
  readonly ask: <Name extends keyof Debugger['handlers']>(
    name: Name,
    input: ProcedureInput<Name>,
  ) => Promise<ProcedureOutput<Name>>;
}

async function openDebugged(): Promise<Debugged> {
  const debug = createDebugger();
  const store = await openSqliteStore({
    path: ':memory:',
    model: { initial: initialState, evolve, status: runStatus },
    clock: debug.now,
  });
  const clock = { now: debug.now, advance: () => undefined };
  const context = { caller: OPERATOR, token: null, signal: new AbortController().signal };
  return {
    debug,
    home: openOnStore(debug.hold(store), { clock }),
    ask: (name, input) => debug.handlers[name]({ waitMs: 0, ...input } as never, context) as never,
  };
}

describe('a commit is held', () => {
  it('before the store has it, and goes on when it is let go', async () => {
    const { home, ask } = await openDebugged();
    const run = await home.startRun();
    const revision = (await home.call('run.get', { run })).revision;
    await ask('debug.pause', { run, event: revision + 1, when: 'before' });
    const paused = home.call('run.pause', { run, idempotencyKey: newKey() });
    const { held, pause } = await ask('debug.status', { waitMs: 10_000 });
    expect(pause).toBeNull();
    expect(held).toMatchObject([{ run, when: 'before' }]);
    expect(held[0]?.events[0]).toEqual({ number: revision + 1, type: 'run.paused' });
    // Nobody sees anything of it, and other runs go on.
    expect((await home.call('run.get', { run })).revision).toBe(revision);
    expect(await home.startRun({ fresh: true, feature: 'other' })).not.toBe(run);
    expect((await ask('debug.continue', {})).held).toEqual([]);
    expect(await paused).toEqual({ runId: run, status: 'paused' });
  });

  it('after the store has it, before anybody is told', async () => {
    const { home, ask } = await openDebugged();
    const run = await home.startRun();
    const revision = (await home.call('run.get', { run })).revision;
    const woken: unknown[] = [];
    home.controlPlane.node.onWork((withdrawn) => woken.push(withdrawn));
    await ask('debug.pause', { event: revision + 1, when: 'after' });
    const cancelled = home.call('run.cancel', { run, idempotencyKey: newKey() });
    const { held } = await ask('debug.status', { waitMs: 10_000 });
    expect(held).toMatchObject([{ run, when: 'after' }]);
    expect(await home.store.runRevision(run)).toBeGreaterThan(revision);
    expect(woken).toEqual([]);
    await ask('debug.continue', {});
    await cancelled;
    expect(woken).toHaveLength(1);
  });

  it('also the first of a run that is not there yet', async () => {
    const { home, ask } = await openDebugged();
    await ask('debug.pause', { event: 1, when: 'before' });
    const started = home.startRun();
    expect((await ask('debug.status', { waitMs: 10_000 })).held).toMatchObject([{ when: 'before' }]);
    expect(await home.call('run.list', {})).toEqual([]);
    await ask('debug.continue', {});
    expect(await home.call('run.list', {})).toMatchObject([{ id: await started }]);
  });

  it('once, and never when its event has passed, nor once the daemon ends', async () => {
    const { debug, home, ask } = await openDebugged();
    const run = await home.startRun();
    const refusal = await refusalOf(ask('debug.pause', { run, event: 1, when: 'after' }));
    expect(refusal.code).toBe('event_passed');
    expect((await ask('debug.status', {})).pause).toBeNull();
    const { revision } = await home.call('run.get', { run });
    await ask('debug.pause', { run, event: revision + 1, when: 'after' });
    const paused = home.call('run.pause', { run, idempotencyKey: newKey() });
    const { held } = await ask('debug.status', { waitMs: 10_000 });
    const next = (held[0]?.events.at(-1)?.number ?? 0) + 1;
    await ask('debug.pause', { run, event: next, when: 'before' });
    debug.end();
    await paused;
    expect(await home.call('run.resume', { run, idempotencyKey: newKey() })).toMatchObject({ runId: run });
  });
});

describe('the debug port', () => {
  it('waits no longer than it is told, nor for a caller that has gone', async () => {
    const { debug, ask } = await openDebugged();
    expect((await ask('debug.status', { waitMs: 5 })).held).toEqual([]);
    const leaving = new AbortController();
    const context = { caller: OPERATOR, token: null, signal: leaving.signal };
    const waiting = debug.handlers['debug.status']({ waitMs: 600_000 }, context);
    leaving.abort();
    expect((await waiting).held).toEqual([]);
  });

  it('shifts the clock that events are dated by', async () => {
    const { home, ask } = await openDebugged();
    expect(await ask('debug.clock', { offsetMs: -3_600_000 })).toMatchObject({ clockOffsetMs: -3_600_000 });
    const run = await home.startRun();
    const [created] = await home.call('event.list', { run });
    expect(Date.now() - Number(created?.at)).toBeGreaterThan(3_500_000);
  });

  it('of a daemon without --debug refuses everything, and says how to get one', async () => {
    const context = { caller: OPERATOR, token: null, signal: new AbortController().signal };
    for (const handler of Object.values(debugOff())) {
      const refusal = await refusalOf(handler({} as never, context));
      expect(refusal).toMatchObject({ code: 'debug_off', next: [expect.stringContaining('--debug')] });
    }
  });
});
