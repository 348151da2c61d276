import type { AgentEvent } from './agent-event.ts';

/**
 * With so many events waiting the writer is asked to pause; when the reader has taken them, to go on. A piece of output
 * has up to 64 KiB, so a flood costs the host a few megabytes.
 */
const FULL_AT = 64;

/** What a queue asks of whoever fills it. */
export interface QueueFlow {
  pause(): void;
  resume(): void;
}

/** Hands events from callbacks to one reader, in order. Closing it lets the reader finish what is there. */
export class EventQueue implements AsyncIterable<AgentEvent> {
  #events: AgentEvent[] = [];
  #isClosed = false;
  #isPaused = false;
  #wakeReader: (() => void) | null = null;
  readonly #flow: QueueFlow;

  constructor(flow: QueueFlow) {
    this.#flow = flow;
  }

  push(event: AgentEvent): void {
    if (this.#isClosed) return;
    this.#events.push(event);
    if (!this.#isPaused && this.#events.length >= FULL_AT) {
      this.#isPaused = true;
      this.#flow.pause();
    }
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AgentEvent, void> {
    for (;;) {
      const batch = this.#events;
      this.#events = [];
      yield* batch;
      if (this.#isPaused) {
        this.#isPaused = false;
        this.#flow.resume();
      }
      if (this.#events.length > 0) continue;
      if (this.#isClosed) return;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  #wake(): void {
    this.#wakeReader?.();
    this.#wakeReader = null;
  }
}
