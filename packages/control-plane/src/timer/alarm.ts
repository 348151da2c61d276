import type { RunCommand } from '@tina/domain';
import type { Store, Timer } from '@tina/store';
import type { RunExecutor } from '../executor/run-executor.ts';

/** Fires timers, sweeps leases, and forgets what is left of long ended runs. It sleeps until the next one is due; with none, it does not wake at all. */
export interface Alarm {
  /** Something may be due earlier than known. */
  rearm(): void;
  /** Does what is due now: what the sleeping loop does when it wakes. Never rejects because of a single run. */
  tick(): Promise<void>;
  stop(): Promise<void>;
}

/** Sleeping does not count the time that a laptop sleeps, nor a clock that jumps: both are noticed within this time. */
const MAX_SLEEP_MS = 30_000;
const TIMER_BATCH = 100;
/** A full disk or a locked database passes; until then nothing is gained by asking more often. */
const RETRY_AFTER_ERROR_MS = 5_000;

/** Of runs that ended longer ago, nobody has a late word any more. */
const FORGET_AFTER_MS = 7 * 86_400_000;
const FORGET_EVERY_MS = 86_400_000;

/** Calls once, after so many milliseconds. Answers with the way to call it off. */
export type After = (delayMs: number, callback: () => void) => () => void;

interface AlarmDependencies {
  readonly store: Store;
  readonly after: After;
  readonly executor: RunExecutor;
  /** Jobs went back into the queue. */
  readonly onRequeued: () => void;
  readonly onError: (error: unknown) => void;
}

export function createAlarm(dependencies: AlarmDependencies): Alarm {
  return new StoreAlarm(dependencies);
}

/**
 * States: idle (nothing is set) → armed (a timeout for the next due time) → at work → armed or idle. Work is done one
 * after the other; what asks for it meanwhile is answered by one more look at what is due.
 */
class StoreAlarm implements Alarm {
  readonly #dependencies: AlarmDependencies;
  #callOff: () => void = () => undefined;
  #isStopped = false;
  #isRearming = false;
  /** Until this time, the last look found everything done that could be; what is still due then has to wait. */
  #doneUntil = -Infinity;
  /** When ended runs were last looked through for what can be forgotten. */
  #forgotAt = -Infinity;
  #working: Promise<void> = Promise.resolve();

  constructor(dependencies: AlarmDependencies) {
    this.#dependencies = dependencies;
  }

  rearm(): void {
    if (this.#isRearming) return;
    this.#isRearming = true;
    this.#then(() => {
      this.#isRearming = false;
      return this.#sleepUntilNext();
    });
  }

  async tick(): Promise<void> {
    const now = await this.#dependencies.store.now();
    await this.#fireTimers(now);
    await this.#sweep(now);
    await this.#forgetEnded(now);
    this.#doneUntil = now;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#disarm();
    await this.#working;
  }

  async #fireTimers(now: number): Promise<void> {
    const { store, executor } = this.#dependencies;
    for (let fired = TIMER_BATCH; fired === TIMER_BATCH && !this.#isStopped;) {
      const due = await store.dueTimers(now, TIMER_BATCH);
      fired = 0;
      for (const timer of due) {
        // Another control plane may have fired it since, and its id may stand for a later time by now.
        const firesTimer = { timerId: timer.id, dueAt: timer.dueAt };
        const isFired = await this.#attempt(() =>
          executor.execute(timer.runId, timerCommand(timer), { firesTimer }),
        );
        if (isFired) fired += 1;
      }
    }
  }

  async #sweep(now: number): Promise<void> {
    const { store, executor, onRequeued } = this.#dependencies;
    const leaseEnd = await store.nextLeaseEnd();
    if (leaseEnd === null || leaseEnd > now) return;
    const swept = await store.sweep();
    if (swept.requeuedJobs.length > 0) onRequeued();
    for (const { runId, attemptId, epoch } of swept.expiredAttempts) {
      const command: RunCommand = { kind: 'lose-attempt', attemptId, epoch, reason: 'its lease ended' };
      await this.#attempt(() => executor.execute(runId, command, { expiredLease: { attemptId } }));
    }
  }

  /** Once a day, while there is something to do at all: only runs under way leave something to forget. */
  async #forgetEnded(now: number): Promise<void> {
    if (Math.abs(now - this.#forgotAt) < FORGET_EVERY_MS) return;
    this.#forgotAt = now;
    await this.#attempt(() => this.#dependencies.store.forgetEnded({ endedBefore: now - FORGET_AFTER_MS }));
  }

  /** One run that cannot go on must not hold up the others. */
  async #attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#dependencies.onError(error);
      return false;
    }
  }

  async #sleepUntilNext(): Promise<void> {
    const { store } = this.#dependencies;
    if (this.#isStopped) return;
    const [timerAt, leaseAt, now] = await Promise.all([
      store.nextTimerAt(),
      store.nextLeaseEnd(),
      store.now(),
    ]);
    const next = Math.min(timerAt ?? Infinity, leaseAt ?? Infinity);
    if (next === Infinity) this.#disarm();
    // It was due at the last look already and is still there: someone failed, and would only fail again at once.
    else if (next <= this.#doneUntil && now >= this.#doneUntil) this.#arm(RETRY_AFTER_ERROR_MS);
    // One millisecond later than due, so that waking a little early does not mean waking twice.
    else this.#arm(Math.min(Math.max(next - now + 1, 1), MAX_SLEEP_MS));
  }

  #arm(sleepMs: number): void {
    this.#disarm();
    if (this.#isStopped) return;
    this.#callOff = this.#dependencies.after(sleepMs, () => {
      this.#then(async () => {
        await this.tick();
        await this.#sleepUntilNext();
      });
    });
  }

  #disarm(): void {
    this.#callOff();
  }

  #then(work: () => Promise<void>): void {
    this.#working = this.#working.then(work).catch((error: unknown) => {
      this.#dependencies.onError(error);
      this.#arm(RETRY_AFTER_ERROR_MS);
    });
  }
}

function timerCommand(timer: Timer): RunCommand {
  return timer.attemptId === null
    ? { kind: 'fire-task-timer', taskId: timer.taskId ?? '' }
    : { kind: 'fire-attempt-timer', attemptId: timer.attemptId };
}
