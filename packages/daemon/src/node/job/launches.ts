import { pause, type NodeClock } from '../node-clock.ts';

/** A host is there, and its agent started, within this time where nothing else holds it up. */
const LONGEST_WAIT_MS = 75;

/**
 * Hosts that are coming up just now. A new one is waited for: what would take the processor from it, and is not as urgent, lets
 * it pass.
 */
export class Launches {
  readonly #clock: NodeClock;
  readonly #underWay = new Set<Promise<void>>();

  constructor(clock: NodeClock) {
    this.#clock = clock;
  }

  /** From here until the answer is called, a host is coming up. */
  begin(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#underWay.add(promise);
    return () => {
      this.#underWay.delete(promise);
      resolve();
    };
  }

  /** Resolves when those that are coming up now are there, or a moment has passed. */
  async letPass(signal: AbortSignal): Promise<void> {
    if (this.#underWay.size === 0) return;
    await Promise.race([Promise.all(this.#underWay), pause(this.#clock, LONGEST_WAIT_MS, signal)]);
  }
}
