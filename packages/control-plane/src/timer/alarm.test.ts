import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failedTurn, usualReport } from '../testing/fake-node.test-support.ts';
import { type Home, newKey, openHome, openOnStore } from '../testing/home.test-support.ts';

/** The store's clock and the timeouts of the process go together, until a test lets the clock jump. */
let skew = 0;

beforeEach(() => {
  skew = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: 1_800_000_000_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

async function startedHome(): Promise<Home> {
  const home = await openHome({ clock: { now: () => Date.now() + skew, advance: (ms) => (skew += ms) } });
  home.controlPlane.start();
  return home;
}

/** A run whose validator is at work. */
async function runAtWork(home: Home): Promise<{ run: string; attemptId: string }> {
  home.node.script.turn = () => null;
  const run = await home.startRun();
  await home.node.work();
  const attemptId = [...home.node.starts.keys()].at(-1) ?? '';
  return { run, attemptId };
}

async function renew(home: Home, attempts: readonly string[]): Promise<readonly string[]> {
  const { nodeId, incarnation } = home.node;
  const held = attempts.map((attemptId) => ({ attemptId, epoch: 1 }));
  return (await home.controlPlane.node.renew({ nodeId, incarnation, jobs: [], attempts: held })).lostAttempts;
}

async function attemptStatuses(home: Home, run: string): Promise<readonly string[]> {
  const task = await home.call('task.get', { task: `${run}/validate-design` });
  return task.allAttempts.map((attempt) => attempt.status);
}

/** How often something is asked of the store while the time passes. */
async function sweepsDuring(home: Home, work: () => Promise<unknown>): Promise<number> {
  const nextLeaseEnd = vi.spyOn(home.store, 'nextLeaseEnd');
  await work();
  const calls = nextLeaseEnd.mock.calls.length;
  nextLeaseEnd.mockRestore();
  return calls;
}

describe('a timer', () => {
  it('tries a failed task again when its time has come, and not before', async () => {
    const home = await startedHome();
    home.node.script.turn = (turn) =>
      turn.turn === 1 && turn.assignment.agent?.subject.attempt === 1
        ? failedTurn('crash')
        : usualReport(turn);
    const run = await home.startRun();
    await home.node.work();
    await vi.advanceTimersByTimeAsync(4_900);
    await home.node.work();
    expect(await attemptStatuses(home, run)).toEqual(['failed']);
    await vi.advanceTimersByTimeAsync(200);
    await home.node.work();
    expect(await attemptStatuses(home, run)).toEqual(['failed', 'succeeded']);
  });

  it('G15 takes a parked attempt up again when its limit is over, also when it was set before a restart', async () => {
    const home = await startedHome();
    const resetAt = Date.now() + 3_600_000;
    const turns: number[] = [];
    home.node.script.turn = (turn) => {
      turns.push(turn.turn);
      return turn.turn === 1 && turn.job.role === 'validator'
        ? failedTurn('limit', resetAt)
        : usualReport(turn);
    };
    const run = await home.startRun();
    await home.node.work();
    await home.controlPlane.stop();
    await vi.advanceTimersByTimeAsync(1_800_000);
    expect(await attemptStatuses(home, run)).toEqual(['parked']);

    const next = openOnStore({ ...home.store, close: () => Promise.resolve() }, { clock: home.clock });
    next.controlPlane.start();
    next.node.adopt(home.node);
    const { attempts } = await next.node.register();
    expect(attempts).toMatchObject([{ status: 'parked' }]);
    // The node that adopted it keeps its lease.
    for (let seconds = 0; seconds < 1_810; seconds += 10) {
      await renew(
        next,
        attempts.map(({ attemptId }) => attemptId),
      );
      await vi.advanceTimersByTimeAsync(10_000);
    }
    await next.node.work();
    expect((await attemptStatuses(next, run)).at(0)).toBe('succeeded');
    expect(turns.slice(0, 2)).toEqual([1, 2]);
    expect(next.errors).toEqual([]);
  });

  it('fires once although the clock goes back between seeing it due and firing it', async () => {
    const home = await startedHome();
    home.node.script.turn = () => failedTurn('crash');
    const run = await home.startRun();
    await home.node.work();
    const dueTimers = vi.spyOn(home.store, 'dueTimers');
    dueTimers.mockImplementationOnce(async (now, limit) => {
      dueTimers.mockRestore();
      const due = await home.store.dueTimers(now, limit);
      home.clock.advance(-1_000);
      return due;
    });
    await vi.advanceTimersByTimeAsync(5_100);
    const task = await home.call('task.get', { task: `${run}/validate-design` });
    expect(task.waitsFor).toBe('attempt');
    expect(await home.store.nextTimerAt()).toBeNull();
  });

  it('G03 G15 that one of two control planes saw due is not fired early when the other has set it anew', async () => {
    const home = await startedHome();
    await home.controlPlane.stop();
    const start = Date.now();
    home.node.script.turn = ({ turn }) => failedTurn('limit', start + turn * 3_600_000);
    const run = await home.startRun();
    await home.node.work();
    home.clock.advance(3_600_000);
    // The first one has looked, and is held up before it fires what it saw.
    const dueTimers = vi.spyOn(home.store, 'dueTimers');
    dueTimers.mockImplementationOnce(async (now, limit) => {
      dueTimers.mockRestore();
      const due = await home.store.dueTimers(now, limit);
      const other = openOnStore({ ...home.store, close: () => Promise.resolve() }, { clock: home.clock });
      other.controlPlane.start();
      await vi.advanceTimersByTimeAsync(10);
      await other.controlPlane.stop();
      await home.node.work();
      return due;
    });
    const again = openOnStore(home.store, { clock: home.clock });
    again.controlPlane.start();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await home.call('run.get', { run })).toMatchObject({
      attempts: [{ status: 'parked', turn: 2, parkedUntil: start + 7_200_000 }],
    });
    expect(await home.store.nextTimerAt()).toBe(start + 7_200_000);
    expect([...home.errors, ...again.errors]).toEqual([]);
  });

  it('that nobody waits for any more is forgotten', async () => {
    const home = await startedHome();
    home.node.script.turn = () => failedTurn('limit', Date.now() + 10_000);
    const run = await home.startRun();
    await home.node.work();
    await home.call('run.cancel', { run, idempotencyKey: newKey() });
    await home.node.work();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await home.store.nextTimerAt()).toBeNull();
    expect(home.errors).toEqual([]);
  });
});

describe('G13 a lease that ends', () => {
  it('loses the attempt whose host fell silent, and another one starts', async () => {
    const home = await startedHome();
    const { run } = await runAtWork(home);
    await vi.advanceTimersByTimeAsync(14_000);
    expect(await attemptStatuses(home, run)).toEqual(['running']);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(await attemptStatuses(home, run)).toEqual(['lost']);
    await home.node.work();
    expect(await attemptStatuses(home, run)).toEqual(['lost', 'running']);
  });

  it('is not one that was renewed: the alarm looks once for each end it knew of, and goes on sleeping', async () => {
    const home = await startedHome();
    const { run, attemptId } = await runAtWork(home);
    const looks = await sweepsDuring(home, async () => {
      for (let seconds = 0; seconds < 300; seconds += 5) {
        await vi.advanceTimersByTimeAsync(5_000);
        expect(await renew(home, [attemptId])).toEqual([]);
      }
    });
    expect(await attemptStatuses(home, run)).toEqual(['running']);
    // Two looks each time: what is due, and when the next will be.
    expect(looks).toBeLessThanOrEqual(2 * (300 / 10));
  });

  it('of a job gives it to whoever asks next', async () => {
    const home = await startedHome();
    const woken = vi.fn<(withdrawn: readonly string[]) => void>();
    await home.startRun();
    home.controlPlane.node.onWork(woken);
    const [first] = await home.node.claim();
    await vi.advanceTimersByTimeAsync(15_100);
    expect(woken).toHaveBeenCalledWith([]);
    const [again] = await home.node.claim();
    expect(again).toMatchObject({ job: first?.job, epoch: (first?.epoch ?? 0) + 1 });
  });

  it('of an attempt that has ended meanwhile is let go, and wakes nobody again', async () => {
    const home = await startedHome();
    const { run } = await runAtWork(home);
    await home.call('run.pause', { run, now: true, idempotencyKey: newKey() });
    // The node is away, so that the attempt is not settled and keeps its lease.
    const looks = await sweepsDuring(home, () => vi.advanceTimersByTimeAsync(120_000));
    expect(looks).toBeLessThan(10);
    expect(await home.store.nextLeaseEnd()).toBeNull();
    expect(await attemptStatuses(home, run)).toEqual(['cancelled']);
    expect(await home.call('run.verify', { run })).toMatchObject([{ clean: true }]);
  });

  it('is none while the machine slept: holders get one more period', async () => {
    const home = await startedHome();
    const { run, attemptId } = await runAtWork(home);
    home.clock.advance(3_600_000);
    await vi.advanceTimersByTimeAsync(16_000);
    expect(await attemptStatuses(home, run)).toEqual(['running']);
    expect(await renew(home, [attemptId])).toEqual([]);
    await vi.advanceTimersByTimeAsync(14_000);
    expect(await attemptStatuses(home, run)).toEqual(['running']);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await attemptStatuses(home, run)).toEqual(['lost']);
  });
});

describe('the alarm', () => {
  it('notices within half a minute that the clock has jumped over a deadline', async () => {
    const home = await startedHome();
    home.machine.facts.projectConfig += 'retries: { backoff: 2h }\n';
    home.node.script.turn = () => failedTurn('crash');
    const run = await home.startRun();
    await home.node.work();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await home.call('task.get', { task: `${run}/validate-design` })).toMatchObject({
      waitsFor: 'timer',
      retryAt: Date.now() + 7_140_000,
    });
    home.clock.advance(7_200_000);
    await vi.advanceTimersByTimeAsync(30_001);
    expect((await home.call('task.get', { task: `${run}/validate-design` })).waitsFor).toBe('attempt');
  });

  it('has no timeout while nothing is due', async () => {
    const home = await startedHome();
    await vi.advanceTimersByTimeAsync(1);
    expect(vi.getTimerCount()).toBe(0);
    const run = await home.startRun({ finalize: 'keep' });
    await home.node.work();
    expect((await home.call('run.get', { run })).status).toBe('complete');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(vi.getTimerCount()).toBe(0);
    const looks = await sweepsDuring(home, () => vi.advanceTimersByTimeAsync(86_400_000));
    expect(looks).toBe(0);
  });

  it('tries again later when the store fails, and says so', async () => {
    const home = await startedHome();
    home.node.script.turn = () => failedTurn('crash');
    const run = await home.startRun();
    await home.node.work();
    vi.spyOn(home.store, 'dueTimers').mockRejectedValueOnce(new Error('disk full'));
    await vi.advanceTimersByTimeAsync(5_100);
    expect(home.errors).toMatchObject([{ message: 'disk full' }]);
    await vi.advanceTimersByTimeAsync(5_100);
    expect((await home.call('task.get', { task: `${run}/validate-design` })).waitsFor).toBe('attempt');
    expect(home.errors).toHaveLength(1);
  });

  it('goes on with the other runs when one cannot, and does not try that one without a pause', async () => {
    const home = await startedHome();
    home.node.script.turn = () => failedTurn('crash');
    const broken = await home.startRun();
    const good = await home.startRun({ fresh: true, feature: 'good' });
    await home.node.work();
    const commit = home.store.commit.bind(home.store);
    const stuck = vi.fn<() => void>();
    vi.spyOn(home.store, 'commit').mockImplementation((write) => {
      if (write.run?.runId !== broken) return commit(write);
      stuck();
      return Promise.reject(new Error('it cannot be written'));
    });
    await vi.advanceTimersByTimeAsync(5_100);
    expect((await home.call('task.get', { task: `${good}/validate-design` })).waitsFor).toBe('attempt');
    await vi.advanceTimersByTimeAsync(50_000);
    expect(stuck.mock.calls.length).toBeLessThan(15);
    expect(home.errors.length).toBe(stuck.mock.calls.length);
  });

  it('fires more timers than one look takes', async () => {
    const home = await startedHome();
    home.node.script.turn = () => failedTurn('crash');
    for (let index = 0; index < 120; index += 1) await home.startRun({ fresh: true, feature: `f${index}` });
    for (let round = 0; round < 3; round += 1) await home.node.work();
    await vi.advanceTimersByTimeAsync(5_100);
    expect(await home.store.nextTimerAt()).toBeNull();
    const queued = await home.store.listJobs({});
    expect(queued.filter(({ job }) => job.kind === 'start-agent')).toHaveLength(120);
  });

  it('forgets, a week after a run ended, its jobs and the tokens of its agents', async () => {
    const home = await startedHome();
    const ended = await home.startRun({ finalize: 'keep' });
    await home.node.work();
    const { endedAt } = await home.state(ended);
    expect(endedAt).not.toBeNull();
    const token = [...home.node.starts.values()][0]?.agent?.token ?? '';
    const isKnown = async (): Promise<boolean> => (await home.controlPlane.node.authenticate(token)) !== null;

    await runAtWork(home);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await isKnown()).toBe(true);
    await vi.advanceTimersByTimeAsync(7 * 86_400_000);
    home.node.script.turn = () => failedTurn('crash');
    await home.startRun({ fresh: true, feature: 'later' });
    await home.node.work();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await isKnown()).toBe(false);
    expect(await home.call('run.verify', { run: ended })).toMatchObject([{ clean: true }]);
    expect(home.errors).toEqual([]);
  });

  it('is still after it was stopped', async () => {
    const home = await startedHome();
    await runAtWork(home);
    await home.controlPlane.stop();
    const looks = await sweepsDuring(home, () => vi.advanceTimersByTimeAsync(60_000));
    expect(looks).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
