import type { LaunchLimits } from '@tina/contract';

export interface TurnWatchCalls {
  /** Once in each spell of silence. */
  onIdle(idleMs: number): void;
  onIdleTooLong(idleMs: number): void;
  onTooLong(): void;
}

/**
 * Tells when a turn shows no progress, and when it takes too long (G12). While a tool runs the agent is busy, however
 * silent: only the turn's own limit counts then.
 */
export class TurnWatch {
  readonly #limits: LaunchLimits;
  readonly #calls: TurnWatchCalls;
  readonly #tools = new Set<string>();
  #lastProgress = 0;
  #hasWarned = false;
  #idleTimer: NodeJS.Timeout | null = null;
  #turnTimer: NodeJS.Timeout | null = null;

  constructor(limits: LaunchLimits, calls: TurnWatchCalls) {
    this.#limits = limits;
    this.#calls = calls;
  }

  start(): void {
    this.stop();
    this.progress();
    this.#turnTimer = setTimeout(() => this.#calls.onTooLong(), this.#limits.turnMs);
    this.#look();
  }

  stop(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    if (this.#turnTimer !== null) clearTimeout(this.#turnTimer);
    this.#idleTimer = null;
    this.#turnTimer = null;
    this.#tools.clear();
  }

  progress(): void {
    this.#lastProgress = performance.now();
    this.#hasWarned = false;
  }

  toolStarted(callId: string): void {
    this.#tools.add(callId);
  }

  toolEnded(callId: string): void {
    this.#tools.delete(callId);
  }

  /** Events may come by the thousand, so they only note the time; this looks whenever a limit could be reached. */
  #look(): void {
    const { idleWarningMs, idleStopMs } = this.#limits;
    if (this.#tools.size > 0) this.progress();
    const idleMs = performance.now() - this.#lastProgress;
    if (idleMs >= idleStopMs) return this.#calls.onIdleTooLong(idleMs);
    if (idleMs >= idleWarningMs && !this.#hasWarned) {
      this.#hasWarned = true;
      this.#calls.onIdle(idleMs);
    }
    const nextMs = this.#hasWarned ? idleStopMs : Math.min(idleWarningMs, idleStopMs);
    this.#idleTimer = setTimeout(() => this.#look(), Math.max(1, Math.ceil(nextMs - idleMs)));
    return undefined;
  }
}
