import type { RunState } from '@tina/domain';
import { expect, test } from 'vitest';
import type { Store } from '../store.ts';
import type { OpenBench } from './bench.ts';
import { action, advance, commitOf, enqueued, startRun } from './toy-run.ts';

/** A run with a job done, one withdrawn, one queued, and a token. */
async function runWithRemains(store: Store, name: string): Promise<RunState> {
  const { incarnation } = await store.registerNode({ id: 'node', name: 'node' });
  const run = await startRun(store, { runId: name, projectId: name });
  const jobs = ['done', 'withdrawn'].map((job) => enqueued(run.id, `${name}-${job}`));
  await advance(store, run, [], { enqueue: jobs });
  const claim = { nodeId: 'node', incarnation, limit: 1, agentCapacity: 0, parkedAttempts: [] };
  await store.claimJobs({ ...claim, leaseDurationMs: 1_000 });
  await store.commit(commitOf(null, { completesJob: { jobId: `${name}-done`, epoch: 1 } }));
  await advance(store, run, [], {
    withdraw: [`${name}-withdrawn`],
    enqueue: [enqueued(run.id, `${name}-queued`)],
  });
  await store.saveToken({ secretHash: name, runId: run.id, attemptId: `${name}-a1`, epoch: 1, createdAt: 5 });
  await store.commit(commitOf(null, { action: { ...action(name), runId: run.id } }));
  return run;
}

function end(store: Store, run: RunState): Promise<RunState> {
  const ending = { kind: 'kept', branch: run.branch } as const;
  return advance(store, run, [{ type: 'run.completed', data: { ending } }]);
}

/** What is left of a run, of what may be forgotten. */
async function remains(store: Store, name: string): Promise<readonly string[]> {
  const left: string[] = [];
  for (const job of ['done', 'withdrawn', 'queued'])
    if ((await store.findOwner('job', `${name}-${job}`)) !== null) left.push(job);
  return (await store.findToken(name)) === null ? left : [...left, 'token'];
}

const ALL = ['done', 'withdrawn', 'queued', 'token'];

export function forgetContract(open: OpenBench): void {
  test('G02 of a run that ended, settled jobs and tokens are forgotten, and nothing that tells of it', async () => {
    const { store } = await open();
    const ended = await end(store, await runWithRemains(store, 'r1'));
    await end(store, await runWithRemains(store, 'r2'));
    const events = await store.readEvents({ runId: 'r1', after: 0, limit: 10 });

    expect(await store.forgetEnded({ runIds: ['r1', 'unknown'] })).toEqual({ jobs: 2, tokens: 1 });
    expect(await remains(store, 'r1')).toEqual(['queued']);
    expect(await remains(store, 'r2')).toEqual(ALL);
    expect(await store.loadRun('r1')).toEqual(ended);
    expect(await store.loadRows('r1')).toEqual(ended);
    expect(await store.readEvents({ runId: 'r1', after: 0, limit: 10 })).toEqual(events);
    expect(await store.findAction('r1')).not.toBeNull();
    expect(await store.forgetEnded({ runIds: ['r1'] })).toEqual({ jobs: 0, tokens: 0 });
    const late = await store.commit(commitOf(null, { completesJob: { jobId: 'r1-done', epoch: 1 } }));
    expect(late, 'G10 a late word is as stale as before').toEqual({ kind: 'stale-job' });
    expect(await store.checkIntegrity()).toEqual([]);
  });

  test('G10 of a run that goes on nothing is forgotten', async () => {
    const { store, clock } = await open();
    await runWithRemains(store, 'r1');
    expect(await store.forgetEnded({ runIds: ['r1'] })).toEqual({ jobs: 0, tokens: 0 });
    expect(await store.forgetEnded({ endedBefore: clock.now + 1_000_000 })).toEqual({ jobs: 0, tokens: 0 });
    expect(await store.forgetEnded({ runIds: [] })).toEqual({ jobs: 0, tokens: 0 });
    expect(await remains(store, 'r1')).toEqual(ALL);
  });

  test('G02 runs are forgotten that ended before a time', async () => {
    const { store } = await open();
    const { endedAt } = await end(store, await runWithRemains(store, 'r1'));
    expect(await store.forgetEnded({ endedBefore: endedAt ?? 0 })).toEqual({ jobs: 0, tokens: 0 });
    expect(await store.forgetEnded({ endedBefore: (endedAt ?? 0) + 1 })).toEqual({ jobs: 2, tokens: 1 });
  });
}
