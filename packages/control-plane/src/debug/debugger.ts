import { type ParsedInput, type ProcedureName, type ProcedureOutput, TinaError } from '@tina/contract';
import type { Commit, Store } from '@tina/store';
import type { Handlers } from '../server/handler.ts';

export type DebugProcedure = Extract<ProcedureName, `debug.${string}`>;
type DebugView = ProcedureOutput<'debug.status'>;
type HeldCommit = DebugView['held'][number];
type When = HeldCommit['when'];

/** Holds single commits and shifts the clock, for whoever wants to see what a crash at exactly that moment does. */
export interface Debugger {
  readonly handlers: Pick<Handlers, DebugProcedure>;
  /** Milliseconds since 1970, as the machine's clock with its offset says: the clock to open the store with. */
  readonly now: () => number;
  /** The same store, whose commits wait where a pause was asked for. */
  hold(store: Store): Store;
  /** Lets go what is held, and holds nothing any more. */
  end(): void;
}

/**
 * States of a commit: passing → (its events have the number of the pause) held before → with the store → (committed, and the
 * same) held after → told. A pause holds one commit and is over then. What is held of a run holds up all commands of that run
 * and nothing else: reads, leases and other runs go on.
 */
export function createDebugger(): Debugger {
  return new CommitDebugger();
}

class CommitDebugger implements Debugger {
  readonly #held = new Map<HeldCommit, () => void>();
  /** Calls of `debug.status` that wait. */
  readonly #waiting = new Set<() => void>();
  #store: Store | null = null;
  #pause: DebugView['pause'] = null;
  #clockOffsetMs = 0;
  #isEnded = false;

  readonly handlers: Debugger['handlers'] = {
    'debug.pause': (input) => this.#setPause(input),
    'debug.status': async ({ waitMs }, { signal }) => {
      if (this.#held.size === 0 && waitMs > 0 && !signal.aborted) await this.#untilHeld(waitMs, signal);
      return this.#view();
    },
    'debug.continue': () => {
      this.#letGo();
      return Promise.resolve(this.#view());
    },
    'debug.clock': ({ offsetMs }) => {
      this.#clockOffsetMs = offsetMs;
      return Promise.resolve(this.#view());
    },
  };

  readonly now = (): number => Date.now() + this.#clockOffsetMs;

  hold(store: Store): Store {
    this.#store = store;
    return {
      ...store,
      commit: async (commit) => {
        await this.#holdAt(commit, 'before');
        const result = await store.commit(commit);
        if (result.kind === 'committed') await this.#holdAt(commit, 'after');
        return result;
      },
    };
  }

  end(): void {
    this.#isEnded = true;
    this.#letGo();
  }

  /** Asked for first and looked up then, so that an event that comes in between is not missed. */
  async #setPause({ event, when, ...input }: ParsedInput<'debug.pause'>): Promise<DebugView> {
    const run = input.run ?? null;
    const pause = { run, event, when };
    this.#pause = pause;
    // What is held before its commit is past, too: it will not be asked again.
    const isHeld = [...this.#held.keys()].some((held) => held.run === run && isAt(held, event));
    const revision = run === null ? null : await this.#store?.runRevision(run);
    if (!isHeld && (revision ?? 0) < event) return this.#view();
    if (this.#pause === pause) this.#pause = null;
    throw new TinaError({
      code: 'event_passed',
      message: `Run ${run} has come past event ${event} already.`,
      next: [`tina events ${run}`],
    });
  }

  #holdAt({ run }: Commit, when: When): Promise<void> | null {
    const pause = this.#pause;
    if (pause === null || run === null || this.#isEnded || pause.when !== when) return null;
    const events = run.events.map(({ number, type }) => ({ number, type }));
    const held: HeldCommit = { run: run.runId, when, events };
    if ((pause.run !== null && pause.run !== run.runId) || !isAt(held, pause.event)) return null;
    this.#pause = null;
    return new Promise((resolve) => {
      this.#held.set(held, resolve);
      for (const wake of this.#waiting) wake();
    });
  }

  #letGo(): void {
    const waiting = [...this.#held.values()];
    this.#held.clear();
    for (const goOn of waiting) goOn();
  }

  #untilHeld(waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      signal.addEventListener('abort', done);
      this.#waiting.add(done);
    });
  }

  #view(): DebugView {
    return { pause: this.#pause, held: [...this.#held.keys()], clockOffsetMs: this.#clockOffsetMs };
  }
}

function isAt({ events }: HeldCommit, event: number): boolean {
  return events.some(({ number }) => number === event);
}
