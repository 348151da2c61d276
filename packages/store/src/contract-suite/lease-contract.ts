import type { RunState } from '@tina/domain';
import { expect, test } from 'vitest';
import type { LeaseLoss, LeaseRenewal, Store } from '../store.ts';
import type { Bench, OpenBench } from './bench.ts';
import { advance, commitOf, enqueued, startRun } from './toy-run.ts';

const LEASE_MS = 15_000;

export function leaseContract(open: OpenBench): void {
  expiry(open);
  attempts(open);
  jumps(open);
  adoption(open);
}

interface Held extends Bench {
  readonly run: RunState;
  readonly incarnation: number;
}

/** A node that holds job `j1` and attempt `a1`, both with epoch 1. */
async function held(open: OpenBench): Promise<Held> {
  const bench = await open();
  const { store } = bench;
  const { incarnation } = await store.registerNode({ id: 'node', name: 'node' });
  const run = await startRun(store);
  await advance(store, run, [], {
    enqueue: [enqueued(run.id, 'j1')],
    grantLeases: [{ attemptId: 'a1', nodeId: 'node', epoch: 1, durationMs: LEASE_MS }],
  });
  await store.claimJobs({
    nodeId: 'node',
    incarnation,
    limit: 1,
    agentCapacity: 0,
    parkedAttempts: [],
    leaseDurationMs: LEASE_MS,
  });
  return { ...bench, run, incarnation };
}

function renew(store: Store, incarnation: number, fields: Partial<LeaseRenewal> = {}): Promise<LeaseLoss> {
  return store.renewLeases({
    nodeId: 'node',
    incarnation,
    jobs: [{ jobId: 'j1', epoch: 1 }],
    attempts: [{ attemptId: 'a1', epoch: 1 }],
    leaseDurationMs: LEASE_MS,
    ...fields,
  });
}

const NOTHING_LOST = { lostJobs: [], lostAttempts: [] };
const NOTHING_TAKEN = { requeuedJobs: [], expiredAttempts: [] };
const ALL_LOST = { lostJobs: ['j1'], lostAttempts: ['a1'] };

function taken({ run }: Held): object {
  return { requeuedJobs: ['j1'], expiredAttempts: [{ attemptId: 'a1', runId: run.id, epoch: 1 }] };
}

function expiry(open: OpenBench): void {
  test('G12 a holder that renews in time keeps what it holds', async () => {
    const { store, clock, incarnation } = await held(open);
    for (let period = 0; period < 5; period += 1) {
      clock.now += LEASE_MS - 1;
      expect(await store.sweep()).toEqual(NOTHING_TAKEN);
      expect(await renew(store, incarnation)).toEqual(NOTHING_LOST);
      expect(await store.nextLeaseEnd()).toBe(clock.now + LEASE_MS);
    }
  });

  test('G13 what a silent holder held is taken when its lease ends', async () => {
    const bench = await held(open);
    const { store, clock, incarnation } = bench;
    clock.now += LEASE_MS;
    expect(await store.nextLeaseEnd()).toBe(clock.now);

    expect(await store.sweep()).toEqual(taken(bench));
    expect((await store.listJobs({})).map(({ status, epoch }) => [status, epoch])).toEqual([['queued', 2]]);
    expect((await renew(store, incarnation)).lostJobs).toEqual(['j1']);
    const late = await store.commit(commitOf(null, { completesJob: { jobId: 'j1', epoch: 1 } }));
    expect(late, 'G10 the word of the earlier holder').toEqual({ kind: 'stale-job' });
  });

  test('G12 a holder that was late, but before the sweep, keeps what it holds', async () => {
    const { store, clock, incarnation } = await held(open);
    clock.now += LEASE_MS + 1;
    expect(await renew(store, incarnation)).toEqual(NOTHING_LOST);
    expect(await store.sweep()).toEqual(NOTHING_TAKEN);
  });

  test('G13 with nothing held there is no lease to wait for', async () => {
    const { store } = await open();
    expect(await store.nextLeaseEnd()).toBeNull();
    expect(await store.sweep()).toEqual(NOTHING_TAKEN);
  });
}

function attempts(open: OpenBench): void {
  test('G13 an expired attempt is named by every sweep until its run let go of it', async () => {
    const bench = await held(open);
    const { store, clock, run, incarnation } = bench;
    clock.now += LEASE_MS;
    const { expiredAttempts } = await store.sweep();
    expect(expiredAttempts).toHaveLength(1);
    expect((await store.sweep()).expiredAttempts).toEqual(expiredAttempts);

    await advance(store, run, [], { releaseLeases: ['a1'] });
    expect((await store.sweep()).expiredAttempts).toEqual([]);
    expect(await renew(store, incarnation)).toEqual(ALL_LOST);
    expect(await store.nextLeaseEnd()).toBeNull();
  });

  test('G10 a granted lease replaces the one before, whose holder loses it', async () => {
    const { store, clock, run, incarnation } = await held(open);
    clock.now += 1;
    await advance(store, run, [], {
      releaseLeases: ['a1'],
      grantLeases: [{ attemptId: 'a1', nodeId: 'node', epoch: 2, durationMs: LEASE_MS }],
    });

    expect((await renew(store, incarnation)).lostAttempts).toEqual(['a1']);
    expect(await renew(store, incarnation, { attempts: [{ attemptId: 'a1', epoch: 2 }] })).toEqual(
      NOTHING_LOST,
    );
    const elsewhere = {
      nodeId: 'another',
      incarnation: (await store.registerNode({ id: 'another', name: '' })).incarnation,
    };
    expect(await renew(store, incarnation, elsewhere)).toEqual(ALL_LOST);
    expect(await renew(store, incarnation, { jobs: [], attempts: [] })).toEqual(NOTHING_LOST);
  });
}

function jumps(open: OpenBench): void {
  test('G12 after a sleep or a jump of the clock, holders get one period before anything is taken', async () => {
    const bench = await held(open);
    const { store, clock } = bench;
    await store.sweep();
    clock.now += 3_600_000;

    expect(await store.sweep()).toEqual(NOTHING_TAKEN);
    expect(await store.nextLeaseEnd()).toBe(clock.now + LEASE_MS);
    clock.now += LEASE_MS - 1;
    expect(await store.sweep()).toEqual(NOTHING_TAKEN);
    clock.now += 1;
    expect(await store.sweep()).toEqual(taken(bench));
  });

  test('G12 a holder that renews first after a sleep does not shorten the period of the others', async () => {
    const bench = await held(open);
    const { store, clock, incarnation } = bench;
    await store.sweep();
    clock.now += 3_600_000;
    await renew(store, incarnation, { attempts: [] });
    expect(await store.sweep()).toEqual(NOTHING_TAKEN);
  });

  test('G13 a clock that was set back does not keep a silent holder alive', async () => {
    const bench = await held(open);
    const { store, clock } = bench;
    await store.sweep();
    clock.now -= 3_600_000;

    expect(await store.sweep()).toEqual(NOTHING_TAKEN);
    expect(await store.nextLeaseEnd()).toBe(clock.now + LEASE_MS);
    clock.now += LEASE_MS;
    expect(await store.sweep()).toEqual(taken(bench));
  });

  test('G13 a long time with nothing held is no sleep', async () => {
    const bench = await held(open);
    const { store, clock, run, incarnation } = bench;
    await store.sweep();
    await store.commit(commitOf(null, { completesJob: { jobId: 'j1', epoch: 1 } }));
    await advance(store, run, [], { releaseLeases: ['a1'] });
    clock.now += 3_600_000;
    await store.sweep();

    await advance(store, run, [], {
      enqueue: [enqueued(run.id, 'j2')],
      grantLeases: [{ attemptId: 'a1', nodeId: 'node', epoch: 1, durationMs: LEASE_MS }],
    });
    await store.claimJobs({
      nodeId: 'node',
      incarnation,
      limit: 1,
      agentCapacity: 0,
      parkedAttempts: [],
      leaseDurationMs: LEASE_MS,
    });
    clock.now += LEASE_MS;
    expect(await store.sweep()).toEqual({ ...taken(bench), requeuedJobs: ['j2'] });
  });
}

function adoption(open: OpenBench): void {
  test('G14 a node that starts again has one whole period to adopt its attempts', async () => {
    const { store, clock } = await held(open);
    clock.now += LEASE_MS - 1;
    const { incarnation } = await store.registerNode({ id: 'node', name: 'node' });
    clock.now += LEASE_MS - 1;

    expect(await store.sweep()).toEqual(NOTHING_TAKEN);
    expect(await renew(store, incarnation)).toEqual({ lostJobs: ['j1'], lostAttempts: [] });
    expect(await store.nextLeaseEnd()).toBe(clock.now + LEASE_MS);
  });

  test('G11 the attempts of other nodes are left alone', async () => {
    const bench = await held(open);
    const { store, clock } = bench;
    clock.now += LEASE_MS;
    await store.registerNode({ id: 'another', name: 'another' });
    expect(await store.sweep()).toEqual(taken(bench));
  });
}
