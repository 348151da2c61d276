import type { AgentDefinition } from '@tina/contract';
import type { NodeClock } from '../node-clock.ts';

/** An agent CLI may be updated at any time; asking some of them costs a second. */
const KEPT_MS = 10 * 60_000;

/** The versions that hosts reported in with, so that the next host need not ask its program again. */
export class VersionCache {
  readonly #clock: NodeClock;
  readonly #versions = new Map<string, { readonly version: string; readonly until: number }>();

  constructor(clock: NodeClock) {
    this.#clock = clock;
  }

  get(definition: AgentDefinition): string | null {
    const known = this.#versions.get(JSON.stringify(definition));
    return known !== undefined && known.until > this.#clock.now() ? known.version : null;
  }

  set(definition: AgentDefinition, version: string): void {
    const key = JSON.stringify(definition);
    // What was taken from here and comes back with a hello is no news.
    if (this.get(definition) !== version)
      this.#versions.set(key, { version, until: this.#clock.now() + KEPT_MS });
  }
}
