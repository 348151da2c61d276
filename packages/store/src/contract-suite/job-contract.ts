import type { RunState } from '@tina/domain';
import { expect, test } from 'vitest';
import type { ClaimedJob, EnqueuedJob, JobClaim, Store } from '../store.ts';
import type { OpenBench } from './bench.ts';
import { advance, commitOf, enqueued, runWrite, startRun, taskAdded } from './toy-run.ts';

export function jobContract(open: OpenBench): void {
  claims(open);
  claimsOfParked(open);
  claimsByNode(open);
  endsOfJobs(open);
  withdrawals(open);
  incarnations(open);
}

async function claim(
  store: Store,
  fields: Partial<JobClaim> & { incarnation: number },
): Promise<readonly ClaimedJob[]> {
  return await store.claimJobs({
    nodeId: 'node',
    limit: 10,
    agentCapacity: 10,
    parkedAttempts: [],
    leaseDurationMs: 1_000,
    ...fields,
  });
}

function ids(jobs: readonly ClaimedJob[]): readonly string[] {
  return jobs.map(({ job }) => job.jobId);
}

async function register(store: Store, id = 'node'): Promise<number> {
  return (await store.registerNode({ id, name: id })).incarnation;
}

/** A run with these jobs in the queue. */
async function withJobs(store: Store, jobs: (runId: string) => readonly EnqueuedJob[]): Promise<RunState> {
  const run = await startRun(store);
  return await advance(store, run, [], { enqueue: jobs(run.id) });
}

function claims(open: OpenBench): void {
  test('G09 jobs are claimed oldest first, each once', async () => {
    const { store, clock } = await open();
    const incarnation = await register(store);
    const run = await withJobs(store, (id) => [enqueued(id, 'j10'), enqueued(id, 'j9')]);
    clock.now -= 5_000;
    await advance(store, run, [], { enqueue: [enqueued(run.id, 'j1', 'start-agent')] });

    expect(ids(await claim(store, { incarnation, limit: 2 }))).toEqual(['j10', 'j9']);
    expect(ids(await claim(store, { incarnation, limit: 2 }))).toEqual(['j1']);
    expect(await claim(store, { incarnation })).toEqual([]);
  });

  test('G09 a claimed job carries its payload and an epoch, and is listed with its lease', async () => {
    const { store, clock } = await open();
    const incarnation = await register(store);
    const run = await withJobs(store, (id) => [enqueued(id, 'j1', 'start-agent'), enqueued(id, 'j2')]);
    const [queued] = [enqueued(run.id, 'j1', 'start-agent')];

    expect(await claim(store, { incarnation, limit: 1 })).toEqual([{ job: queued?.job, epoch: 1 }]);
    const facts = { nodeId: 'node', epoch: 1, queuedAt: clock.now };
    expect(await store.listJobs({ runId: run.id, nodeId: 'node' })).toEqual([
      {
        ...facts,
        job: queued?.job,
        attemptId: 'j1-attempt',
        status: 'claimed',
        leaseEndsAt: clock.now + 1_000,
      },
      { ...facts, job: enqueued(run.id, 'j2').job, attemptId: null, status: 'queued', leaseEndsAt: null },
    ]);
    expect(await store.listJobs({ runId: 'another' })).toEqual([]);
    expect(await store.listJobs({ nodeId: 'another' })).toEqual([]);
    expect(await store.findOwner('job', 'j2')).toBe(run.id);
    expect(await store.findOwner('job', 'j3')).toBeNull();
  });

  test('G12 agents wait for room on the node and hold up nothing else', async () => {
    const { store } = await open();
    const incarnation = await register(store);
    await withJobs(store, (id) => [
      enqueued(id, 'a1', 'start-agent'),
      enqueued(id, 'a2', 'start-agent'),
      enqueued(id, 'j1'),
    ]);

    expect(ids(await claim(store, { incarnation, agentCapacity: 1, kinds: ['start-agent'] }))).toEqual([
      'a1',
    ]);
    expect(ids(await claim(store, { incarnation, agentCapacity: 0 }))).toEqual(['j1']);
    expect(await claim(store, { incarnation, limit: 0 })).toEqual([]);
    expect(ids(await claim(store, { incarnation, agentCapacity: 5 }))).toEqual(['a2']);
  });
}

function claimsOfParked(open: OpenBench): void {
  test('G15 another turn of a parked attempt waits for room as a start does; that of one at work does not', async () => {
    const { store } = await open();
    const incarnation = await register(store);
    await withJobs(store, (id) => [
      enqueued(id, 'parked', 'continue-agent'),
      enqueued(id, 'at-work', 'continue-agent'),
      enqueued(id, 'start', 'start-agent'),
      enqueued(id, 'also-parked', 'continue-agent'),
    ]);
    const parkedAttempts = ['parked-attempt', 'also-parked-attempt', 'of-no-job'];
    const next = async (agentCapacity: number): Promise<readonly string[]> =>
      ids(await claim(store, { incarnation, agentCapacity, parkedAttempts }));

    expect(await next(0)).toEqual(['at-work']);
    expect(await next(0)).toEqual([]);
    expect(await next(1)).toEqual(['parked']);
    expect(await next(2)).toEqual(['start', 'also-parked']);
  });
}

function claimsByNode(open: OpenBench): void {
  test('G09 claims by two nodes, many at a time, never overlap', async () => {
    const { store } = await open();
    const nodes = ['left', 'right'];
    const incarnations = await Promise.all(nodes.map((node) => register(store, node)));
    const jobs = Array.from({ length: 40 }, (_, index) => index);
    await withJobs(store, (id) =>
      jobs.map((index) => ({ ...enqueued(id, `j${index}`), nodeId: nodes[index % 2] ?? '' })),
    );

    const claimed = await Promise.all(
      jobs.map(async (index) => {
        const nodeId = nodes[index % 2] ?? '';
        const got = await claim(store, { nodeId, incarnation: incarnations[index % 2] ?? 0, limit: 3 });
        return ids(got).map((id) => `${nodeId} ${id}`);
      }),
    );

    const expected = jobs.map((index) => `${nodes[index % 2]} j${index}`);
    expect(claimed.flat().toSorted()).toEqual(expected.toSorted());
  });
}

function endsOfJobs(open: OpenBench): void {
  test('G10 a job ends once, by the word of its holder', async () => {
    const { store } = await open();
    const run = await withJobs(store, (id) => [enqueued(id, 'j1')]);
    const end = async (epoch: number): Promise<string> =>
      (await store.commit(commitOf(null, { completesJob: { jobId: 'j1', epoch } }))).kind;

    expect(await end(1), 'nobody holds it').toBe('stale-job');
    await claim(store, { incarnation: await register(store) });
    expect(await end(2), 'another epoch').toBe('stale-job');
    expect(await end(1)).toBe('committed');
    expect(await end(1), 'a second time').toBe('stale-job');
    expect(await store.listJobs({})).toEqual([]);
    expect(await store.findOwner('job', 'j1'), 'a late word still finds its run').toBe(run.id);
  });

  test('G10 an id of a job is used once, also when the job is done', async () => {
    const { store } = await open();
    const run = await withJobs(store, (id) => [enqueued(id, 'j1')]);
    const again = { enqueue: [enqueued(run.id, 'j1')] };
    await expect(advance(store, run, [], again)).rejects.toMatchObject({ code: 'constraint_violated' });

    await claim(store, { incarnation: await register(store) });
    await store.commit(commitOf(null, { completesJob: { jobId: 'j1', epoch: 1 } }));
    await expect(advance(store, run, [], again)).rejects.toMatchObject({ code: 'constraint_violated' });
  });
}

function withdrawals(open: OpenBench): void {
  test('G10 a withdrawn job is not claimed any more', async () => {
    const { store } = await open();
    const incarnation = await register(store);
    const run = await withJobs(store, (id) => [enqueued(id, 'j1'), enqueued(id, 'j2')]);
    await advance(store, run, [], { withdraw: ['j1'] });

    expect(ids(await claim(store, { incarnation }))).toEqual(['j2']);
    expect(await store.findOwner('job', 'j1')).toBe(run.id);
  });

  test('G10 the holder of a withdrawn job loses it, and its word is stale', async () => {
    const { store } = await open();
    const incarnation = await register(store);
    const run = await withJobs(store, (id) => [enqueued(id, 'j1'), enqueued(id, 'j2')]);
    await claim(store, { incarnation });
    await advance(store, run, [], { withdraw: ['j1', 'unknown'], enqueue: [enqueued(run.id, 'j3')] });

    const jobs = ['j1', 'j2'].map((jobId) => ({ jobId, epoch: 1 }));
    const renewal = { nodeId: 'node', incarnation, jobs, attempts: [], leaseDurationMs: 1_000 };
    expect(await store.renewLeases(renewal)).toEqual({ lostJobs: ['j1'], lostAttempts: [] });
    const write = runWrite(run, [taskAdded('t1')]);
    const stale = await store.commit(commitOf(write, { completesJob: { jobId: 'j1', epoch: 1 } }));
    expect(stale).toEqual({ kind: 'stale-job' });
    expect((await store.listJobs({})).map(({ job }) => job.jobId)).toEqual(['j2', 'j3']);
  });
}

function incarnations(open: OpenBench): void {
  test('G10 a node that starts again has its jobs back in the queue, and its earlier self has none', async () => {
    const { store } = await open();
    const earlier = await register(store);
    await withJobs(store, (id) => [enqueued(id, 'j1'), enqueued(id, 'j2')]);
    await claim(store, { incarnation: earlier, limit: 1 });

    const incarnation = await register(store);
    expect(incarnation).toBeGreaterThan(earlier);
    expect((await store.listJobs({})).map(({ status, epoch }) => [status, epoch])).toEqual([
      ['queued', 2],
      ['queued', 1],
    ]);
    const jobs = [{ jobId: 'j1', epoch: 1 }];
    const renewal = { nodeId: 'node', incarnation: earlier, jobs, attempts: [], leaseDurationMs: 1_000 };
    expect(await store.renewLeases(renewal)).toEqual({ lostJobs: ['j1'], lostAttempts: [] });
    const late = await store.commit(commitOf(null, { completesJob: { jobId: 'j1', epoch: 1 } }));
    expect(late).toEqual({ kind: 'stale-job' });
    expect(await claim(store, { incarnation: earlier }), 'the earlier self').toEqual([]);
    expect(await claim(store, { nodeId: 'unknown', incarnation: 1 }), 'a node nobody knows').toEqual([]);
    expect((await claim(store, { incarnation })).map(({ job, epoch }) => [job.jobId, epoch])).toEqual([
      ['j1', 2],
      ['j2', 1],
    ]);
  });
}
