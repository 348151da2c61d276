import type { Answer, Assignment } from '@tina/contract';
import type { JobOutcome } from '@tina/domain';
import { describe, expect, it, vi } from 'vitest';
import { FakeNodeApi } from '../testing/fake-node-api.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { WorkLoop } from './work-loop.ts';

const DONE: JobOutcome = { kind: 'create-branch' };

function assignment(kind: string, jobId: string, more: object = {}): Assignment {
  return {
    job: { kind, jobId, runId: 'r1', taskId: 't1', slot: 1, ...more },
    epoch: 1,
    repository: '/r',
  } as never;
}

function setUp() {
  const api = new FakeNodeApi();
  const clock = new ManualClock();
  const reports: [string, JobOutcome | null, Answer | null][] = [];
  const begun: {
    readonly jobId: string;
    readonly signal: AbortSignal;
    readonly end: (outcome: JobOutcome | null) => void;
  }[] = [];
  const loop = new WorkLoop({
    api,
    nodeId: 'n1',
    incarnation: 1,
    agentCapacity: () => 2,
    parkedAttempts: () => ['r1-a9'],
    perform: ({ job }, signal) =>
      new Promise((resolve, reject) => {
        begun.push({ jobId: job.jobId, signal, end: resolve });
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
    onDone: ({ job }, outcome, answer) => void reports.push([job.jobId, outcome, answer]),
    onHeld: () => {},
    clock,
    log: () => {},
  });
  api.onWork((withdrawn) => {
    loop.abort(withdrawn, 'withdrawn');
    loop.wake();
  });
  const begin = (count: number) => vi.waitFor(() => expect(begun).toHaveLength(count));
  return { api, clock, loop, reports, begun, begin };
}

describe('the work loop', () => {
  it('asks for work when it is woken and after each job, and at no other time', async () => {
    const { api, clock, begun, begin, reports } = setUp();
    api.enqueue(assignment('merge', 'j1'));
    await begin(1);
    expect(api.claims).toHaveLength(1);
    expect(api.claims[0]).toMatchObject({
      nodeId: 'n1',
      incarnation: 1,
      agentCapacity: 2,
      parkedAttempts: ['r1-a9'],
    });
    begun[0]?.end(DONE);
    await vi.waitFor(() => expect(api.claims).toHaveLength(2));
    expect(reports).toEqual([['j1', DONE, { ok: true }]]);
    expect(api.completed).toMatchObject([{ job: { jobId: 'j1' }, epoch: 1, outcome: DONE }]);
    expect(clock.waiting).toBe(0);
  });

  it('hears of work that comes while it asks', async () => {
    const { api, begun, begin } = setUp();
    api.enqueue(assignment('merge', 'j1'));
    api.enqueue(assignment('run-checks', 'j2'));
    await begin(2);
    expect(begun.map(({ jobId }) => jobId)).toEqual(['j1', 'j2']);
  });

  it('moves the refs of a repository one job at a time', async () => {
    const { api, begun, begin } = setUp();
    api.enqueue(assignment('merge', 'j1'), assignment('land', 'j2'), assignment('run-checks', 'j3'));
    await begin(2);
    expect(begun.map(({ jobId }) => jobId)).toEqual(['j1', 'j3']);
    begun[0]?.end(DONE);
    await begin(3);
  });

  it('says nothing of a job that was withdrawn, also before its turn came', async () => {
    const { api, loop, begin, begun } = setUp();
    api.enqueue(assignment('merge', 'j1'), assignment('merge', 'j2'));
    await begin(1);
    api.withdraw('j1', 'j2');
    await vi.waitFor(() => expect(loop.held).toEqual([]));
    expect(begun).toHaveLength(1);
    expect(api.completed).toEqual([]);
  });

  it('gives up what an ended attempt was still to do, and says so', async () => {
    const { api, begun, begin } = setUp();
    api.enqueue(assignment('collect-evidence', 'j1', { attemptId: 'a1' }));
    api.enqueue(assignment('collect-evidence', 'j2', { attemptId: 'a2', slot: 2 }));
    await begin(2);
    api.enqueue(assignment('settle-attempt', 'j3', { attemptId: 'a1' }));
    expect(await api.outcomeOf('j1')).toMatchObject({ kind: 'failed', problem: { code: 'attempt_over' } });
    await begin(3);
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true, false, false]);
  });

  it('works once on a job that it is given again', async () => {
    const { api, begun, begin } = setUp();
    api.enqueue(assignment('run-checks', 'j1'));
    await begin(1);
    api.enqueue({ ...assignment('run-checks', 'j1'), epoch: 2 });
    await begin(2);
    expect(begun[0]?.signal.aborted).toBe(true);
    begun[1]?.end(DONE);
    await vi.waitFor(() => expect(api.completed).toMatchObject([{ epoch: 2 }]));
  });

  it('goes on when the control plane was away', async () => {
    const { api, clock, begun, begin } = setUp();
    api.failures.push(new Error('away'), new Error('still away'));
    api.enqueue(assignment('merge', 'j1'));
    await vi.waitFor(() => expect(clock.waiting).toBe(1));
    clock.advance(100);
    await vi.waitFor(() => expect(clock.waiting).toBe(1));
    clock.advance(200);
    await begin(1);
    api.failures.push(new Error('away again'));
    begun[0]?.end(DONE);
    await vi.waitFor(() => expect(clock.waiting).toBe(1));
    clock.advance(100);
    expect(await api.outcomeOf('j1')).toEqual(DONE);
  });

  it('stops without a word about what it gives up, and takes nothing more', async () => {
    const { api, loop, begin, reports } = setUp();
    api.enqueue(assignment('merge', 'j1'));
    await begin(1);
    await loop.stop();
    await loop.stop();
    api.enqueue(assignment('merge', 'j2'));
    expect(reports).toEqual([['j1', null, null]]);
    expect(api.queued).toBe(1);
  });

  it('drops a job that its executor cannot answer for', async () => {
    const { api, begun, begin, reports } = setUp();
    api.enqueue(assignment('merge', 'j1'));
    await begin(1);
    begun[0]?.end(null);
    await vi.waitFor(() => expect(reports).toEqual([['j1', null, null]]));
    expect(api.completed).toEqual([]);
  });
});
