import type { Store } from '@tina/store';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { usualReport } from '../testing/fake-node.test-support.ts';
import {
  createInput,
  type Home,
  newKey,
  openHome,
  openOnStore,
  refusalOf,
  temporaryFolder,
} from '../testing/home.test-support.ts';

const RIVAL = fileURLToPath(new URL('./rival-process/main.ts', import.meta.url));

/** Another control plane on the same store, with a cache of its own. */
function besides(home: Home, store: Partial<Store> = {}): Home {
  const shared = { ...home.store, close: () => Promise.resolve(), ...store };
  return openOnStore(shared, { clock: home.clock, machine: home.machine, name: 'y' });
}

async function rival(
  path: string,
  run: string,
  name: string,
  times: number,
): Promise<{ paused: number; resumed: number }> {
  const child = spawn(process.execPath, [RIVAL, path, run, name, String(times)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  await once(child, 'close');
  return JSON.parse(output) as { paused: number; resumed: number };
}

describe('two control planes on one store', () => {
  it(
    'G01 in processes of their own lose no update and both hear of every one',
    { timeout: 60_000 },
    async () => {
      const path = join(temporaryFolder(), 'tina.db');
      const home = await openHome({ path });
      const run = await home.startRun();
      const rivals = await Promise.all(['a', 'b', 'c'].map((name) => rival(path, run, name, 60)));
      const events = await home.call('event.list', { run, limit: 10_000 });
      const count = (type: string): number => events.filter((event) => event.type === type).length;
      expect(count('run.paused')).toBe(rivals.reduce((sum, each) => sum + each.paused, 0));
      expect(count('run.resumed')).toBe(rivals.reduce((sum, each) => sum + each.resumed, 0));
      expect(count('run.paused')).toBeGreaterThan(30);
      const actions = await home.store.readActions({ runId: run, after: 0, fromEvent: 0, limit: 1_000 });
      expect(actions).toHaveLength(3 * 60 + 1);
      expect(actions.filter((action) => action.outcome === 'done')).toHaveLength(
        count('run.paused') + count('run.resumed') + 1,
      );
      expect(await home.call('run.verify', { run })).toMatchObject([{ clean: true }]);
      const view = await home.call('run.get', { run });
      expect(view.revision).toBe(events.length);
    },
  );

  it('carry one run to its end together, each with a cache that never shows what was', async () => {
    const home = await openHome();
    const other = besides(home);
    const run = await home.startRun({ finalize: 'merge' });
    other.node.incarnation = home.node.incarnation;
    for (const node of [home.node, other.node]) {
      node.script.turn = usualReport;
    }
    for (let round = 0; round < 200; round += 1) {
      const [mine, theirs] = await Promise.all([home.node.claim(1), other.node.claim(1)]);
      other.node.adopt(home.node);
      home.node.adopt(other.node);
      await Promise.all([
        ...mine.map((assignment) => home.node.perform(assignment)),
        ...theirs.map((assignment) => other.node.perform(assignment)),
      ]);
      const [a, b] = await Promise.all([home.call('run.get', { run }), other.call('run.get', { run })]);
      expect(a.revision).toBe(b.revision);
      if (a.endedAt !== null && (await home.store.listJobs({ runId: run })).length === 0) break;
    }
    expect(await other.call('run.get', { run })).toMatchObject({ status: 'complete' });
    expect([...home.node.answers, ...other.node.answers].filter((answer) => !answer.ok)).toEqual([]);
    expect(await home.call('run.verify', { run })).toMatchObject([{ clean: true }]);
  });

  it('G03 start one run of a design, and do one thing for one key', async () => {
    const home = await openHome();
    const other = besides(home);
    const [first, second] = await Promise.all([
      home.call('run.create', createInput()),
      other.call('run.create', createInput()),
    ]);
    expect(second.runId).toBe(first.runId);
    expect([first.outcome, second.outcome].toSorted()).toEqual(['found', 'started']);

    const input = { run: first.runId, idempotencyKey: newKey() };
    const answers = await Promise.all([
      home.call('run.cancel', input),
      other.call('run.cancel', input),
      home.call('run.cancel', input),
    ]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const created = createInput({ fresh: true, feature: 'twice' });
    const [one, two] = await Promise.all([
      home.call('run.create', created),
      other.call('run.create', created),
    ]);
    expect(one).toEqual(two);
    expect(await home.call('run.list', {})).toHaveLength(2);
  });

  it('whose other half cleans up with the same key answer alike', async () => {
    const home = await openHome();
    const other = besides(home);
    const input = { idempotencyKey: newKey() };
    expect(await Promise.all([home.call('run.cleanup', input), other.call('run.cleanup', input)])).toEqual([
      [],
      [],
    ]);
    expect(await home.store.readActions({ runId: null, after: 0, fromEvent: 0, limit: 10 })).toHaveLength(1);
  });
});

describe('a control plane that starts anew', () => {
  it('G13 finds in the store what the one before it left: jobs, timers, leases', async () => {
    const home = await openHome();
    const waiting = await home.startRun();
    home.node.script.turn = () => null;
    const held = await home.startRun({ fresh: true, feature: 'held' });
    await home.node.workOnce();
    const queued = await home.startRun({ fresh: true, feature: 'queued' });
    await home.controlPlane.stop();

    const next = besides(home);
    next.controlPlane.start();
    const { attempts } = await next.node.register();
    expect(attempts.map(({ runId }) => runId).toSorted()).toEqual([waiting, held].toSorted());
    next.node.script.turn = () => null;
    await next.node.work();
    expect([...next.node.starts.values()].map(({ job }) => job.runId)).toEqual([queued]);
    expect(next.errors).toEqual([]);
  });
});

describe('a commit', () => {
  it('that fails leaves the state as it was, and the next one goes on from there', async () => {
    const home = await openHome();
    const run = await home.startRun();
    vi.spyOn(home.store, 'commit').mockRejectedValueOnce(new Error('disk full'));
    const input = { run, idempotencyKey: newKey() };
    await expect(home.call('run.pause', input)).rejects.toThrow('disk full');
    expect((await home.call('run.get', { run })).status).toBe('validating');
    expect(await home.call('run.pause', input)).toEqual({ runId: run, status: 'paused' });
    expect(await home.call('run.verify', { run })).toMatchObject([{ clean: true }]);
  });

  it('that others beat fifty times in a row is given up, because that cannot be', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const beaten = vi.spyOn(home.store, 'commit').mockResolvedValue({ kind: 'revision-conflict' });
    await expect(home.call('run.pause', { run, idempotencyKey: newKey() })).rejects.toThrow('50 times');
    expect(beaten).toHaveBeenCalledTimes(50);
  });

  it('stands, whatever those who are woken by it make of it', async () => {
    const home = await openHome();
    home.controlPlane.node.onWork(() => {
      throw new Error('a bug of the node');
    });
    const run = await home.startRun();
    expect((await home.call('run.get', { run })).status).toBe('validating');
    expect(home.errors).toMatchObject([{ message: 'a bug of the node' }]);
  });

  it('wakes the node for new and for withdrawn jobs, until it does not listen any more', async () => {
    const home = await openHome();
    const heard: (readonly string[])[] = [];
    const stop = home.controlPlane.node.onWork((withdrawn) => heard.push(withdrawn));
    const run = await home.startRun();
    expect(heard).toEqual([[]]);
    const [assignment] = await home.node.claim();
    await home.call('run.cancel', { run, idempotencyKey: newKey() });
    expect(heard.flat()).toEqual([assignment?.job.jobId]);
    stop();
    const before = heard.length;
    await home.startRun({ fresh: true, feature: 'other' });
    expect(heard).toHaveLength(before);
  });
});

describe('a lease that ended', () => {
  it('is let go by whoever comes first, also when the run has moved on in between', async () => {
    const home = await openHome();
    home.node.script.turn = () => null;
    const run = await home.startRun();
    await home.node.work();
    const other = besides(home);
    await other.call('run.get', { run });
    await home.call('run.pause', { run, now: true, idempotencyKey: newKey() });
    home.clock.advance(15_001);
    const commit = vi.spyOn(home.store, 'commit');
    commit.mockResolvedValueOnce({ kind: 'revision-conflict' });
    home.controlPlane.start();
    await expect.poll(() => home.store.nextLeaseEnd()).toBeNull();
    expect(commit.mock.calls.length).toBeGreaterThan(1);
    expect((await other.call('run.get', { run })).attempts).toMatchObject([{ status: 'cancelled' }]);
  });
});

describe('a state that is read', () => {
  it('while others write is the newer one from then on', async () => {
    const home = await openHome();
    const run = await home.startRun();
    const other = besides(home);
    await other.call('run.get', { run });
    await home.call('run.pause', { run, idempotencyKey: newKey() });
    expect((await other.call('run.get', { run })).status).toBe('paused');

    // A slow read that began before a commit ends after it.
    let reads = 0;
    const slow = besides(home, {
      loadRun: async (runId) => {
        const state = await home.store.loadRun(runId);
        reads += 1;
        if (reads === 1) await slow.call('run.resume', { run, idempotencyKey: newKey() });
        return state;
      },
    });
    await slow.call('run.get', { run });
    expect((await slow.call('run.get', { run })).status).toBe('validating');
  });

  it('of a run that was never there is none', async () => {
    const home = await openHome();
    expect(await refusalOf(home.call('run.get', { run: '' }))).toMatchObject({ code: 'bad_input' });
    expect(await refusalOf(home.call('run.get', { run: 'x' }))).toMatchObject({ code: 'no_such_run' });
  });
});
