import type { NodeClock } from '../node-clock.ts';

/** Keeps answers for a while: what they tell of may change at any time, and asking costs every start of an agent. */
export class TimedCache<T> {
  readonly #clock: NodeClock;
  readonly #keptMs: number;
  readonly #entries = new Map<string, { readonly value: T; readonly until: number }>();

  constructor(clock: NodeClock, keptMs: number) {
    this.#clock = clock;
    this.#keptMs = keptMs;
  }

  /** Null when there is none, or none that is fresh. */
  get(key: string): T | null {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.until > this.#clock.now() ? entry.value : null;
  }

  /** Does not make a known answer younger: what was taken from here and comes back is no news. */
  set(key: string, value: T): void {
    if (this.get(key) === null) this.#entries.set(key, { value, until: this.#clock.now() + this.#keptMs });
  }
}
