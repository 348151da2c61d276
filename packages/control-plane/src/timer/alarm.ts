import type { RunCommand } from '@tina/domain';
import type { Store, Timer } from '@tina/store';
import type { RunExecutor } from '../executor/run-executor.ts';

/** Fires timers and sweeps leases. It sleeps until the next one is due; with none, it does not wake at all. */
export interface Alarm {
  /** Something may be due earlier than known. */
  rearm(): void;
  /** Does what is due now: what the sleeping loop does when it wakes. */
  tick(): Promise<void>;
  stop(): Promise<void>;
}

/** setTimeout takes at most this. */
const MAX_SLEEP_MS = 2_000_000_000;
const TIMER_BATCH = 100;
/** A full disk or a locked database passes; until then nothing is gained by asking more often. */
const RETRY_AFTER_ERROR_MS = 5_000;

export function createAlarm(dependencies: {
  readonly store: Store;
  readonly executor: RunExecutor;
  /** Jobs went back into the queue. */
  readonly onRequeued: () => void;
  readonly onError: (error: unknown) => void;
}): Alarm {
  const { store, executor, onRequeued, onError } = dependencies;
  let timeout: NodeJS.Timeout | null = null;
  let isStopped = false;
  let working: Promise<void> = Promise.resolve();

  async function tick(): Promise<void> {
    const now = await store.now();
    for (const timer of await store.dueTimers(now, TIMER_BATCH)) {
      await executor.execute(timer.runId, timerCommand(timer), { firesTimer: timer.id });
    }
    const leaseEnd = await store.nextLeaseEnd();
    if (leaseEnd === null || leaseEnd > now) return;
    const swept = await store.sweep();
    if (swept.requeuedJobs.length > 0) onRequeued();
    for (const { runId, attemptId, epoch } of swept.expiredAttempts) {
      await executor.execute(runId, { kind: 'lose-attempt', attemptId, epoch, reason: 'its lease ended' });
    }
  }

  async function sleepUntilNext(): Promise<void> {
    if (isStopped) return;
    const [timerAt, leaseAt, now] = await Promise.all([
      store.nextTimerAt(),
      store.nextLeaseEnd(),
      store.now(),
    ]);
    const next = Math.min(timerAt ?? Infinity, leaseAt ?? Infinity);
    clearTimeout(timeout ?? undefined);
    timeout = null;
    if (next === Infinity || isStopped) return;
    // One millisecond later than due, so that waking a little early does not mean waking twice.
    timeout = setTimeout(wake, Math.min(Math.max(next - now + 1, 1), MAX_SLEEP_MS));
  }

  function wake(): void {
    working = working.then(tick).then(sleepUntilNext).catch(tryLater);
  }

  function tryLater(error: unknown): void {
    onError(error);
    if (!isStopped) timeout = setTimeout(wake, RETRY_AFTER_ERROR_MS);
  }

  return {
    tick,
    rearm() {
      working = working.then(sleepUntilNext).catch(tryLater);
    },
    async stop() {
      isStopped = true;
      clearTimeout(timeout ?? undefined);
      await working;
    },
  };
}

function timerCommand(timer: Timer): RunCommand {
  return timer.attemptId === null
    ? { kind: 'fire-task-timer', taskId: timer.taskId ?? '' }
    : { kind: 'fire-attempt-timer', attemptId: timer.attemptId };
}
