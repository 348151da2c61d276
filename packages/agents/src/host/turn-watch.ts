import type { LaunchLimits } from '@tina/contract';

export interface TurnWatchCalls {
  /** Once in each spell of silence. */
  onIdle(idleMs: number): void;
  onIdleTooLong(idleMs: number): void;
  onTooLong(): void;
}

/** The activity is looked at so often within the time that an agent may be idle. */
const LOOKS = 10;

/**
 * Tells when a turn shows no progress, and when it takes too long (G12). While a tool runs the agent is busy, however
 * silent: only the turn's own limit counts then. Of an agent that does not tell of its tools, `activity` says whether it is
 * busy: each change is a sign of progress, and so is what nobody can tell (null).
 */
export class TurnWatch {
  readonly #limits: LaunchLimits;
  readonly #calls: TurnWatchCalls;
  readonly #activity: (() => string | null) | null;
  readonly #tools = new Set<string>();
  #lastProgress = 0;
  #lastActivity: string | null = null;
  #hasWarned = false;
  #idleTimer: NodeJS.Timeout | null = null;
  #turnTimer: NodeJS.Timeout | null = null;

  constructor(limits: LaunchLimits, calls: TurnWatchCalls, activity: (() => string | null) | null = null) {
    this.#limits = limits;
    this.#calls = calls;
    this.#activity = activity;
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
    if (this.#tools.size > 0 || this.#isActive()) this.progress();
    const idleMs = performance.now() - this.#lastProgress;
    if (idleMs >= idleStopMs) return this.#calls.onIdleTooLong(idleMs);
    if (idleMs >= idleWarningMs && !this.#hasWarned) {
      this.#hasWarned = true;
      this.#calls.onIdle(idleMs);
    }
    const nextMs = this.#hasWarned ? idleStopMs : Math.min(idleWarningMs, idleStopMs);
    const untilMs = this.#activity === null ? nextMs - idleMs : Math.min(nextMs - idleMs, nextMs / LOOKS);
    this.#idleTimer = setTimeout(() => this.#look(), Math.max(1, Math.ceil(untilMs)));
    return undefined;
  }

  #isActive(): boolean {
    if (this.#activity === null) return false;
    const before = this.#lastActivity;
    this.#lastActivity = this.#activity();
    return this.#lastActivity === null || this.#lastActivity !== before;
  }
}
