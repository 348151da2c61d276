import type { ErrorData } from '@tina/contract';
import type { TurnOutcome } from '@tina/domain';
import { failedTurn } from '../adapter/turn-outcomes.ts';
import { BackOff } from './back-off.ts';
import type { CallAnswer } from './daemon-link.ts';
import type { KeptFrame, Spool, SpooledFrame } from './spool.ts';

/** The daemon hangs up on a line of 8 MiB, so a frame stays well below. */
const MAX_FRAME_BYTES = 7 * 1024 * 1024;

export interface OutboxOptions {
  readonly spool: Spool;
  /** How long to wait with a frame that was refused for a passing reason; doubled at each refusal, up to 5 s. */
  readonly retryMs: number;
  /** Sends a frame; `lost` when there is no connection, or none any more. */
  send(spooled: SpooledFrame): Promise<CallAnswer>;
  isPassing(error: ErrorData): boolean;
  /** The daemon has refused a frame for good, so perhaps it refuses the host. */
  onRefusal(error: ErrorData): void;
}

/** Sends frames one at a time, in order, until each is acknowledged (G23). */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #backOff: BackOff;
  #isSending = false;
  #retry: NodeJS.Timeout | null = null;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#backOff = new BackOff(options.retryMs);
  }

  push(frame: KeptFrame): void {
    this.#options.spool.push(fitting(frame));
    this.flush();
  }

  /** Sends what is waiting, for as long as there is a connection; a frame that was refused waits for its time. */
  flush(): void {
    if (!this.#isSending && this.#retry === null) void this.#sendAll();
  }

  /** Sends what is waiting now: the connection is a new one. */
  flushNow(): void {
    this.close();
    this.flush();
  }

  /** Forgets about trying again. */
  close(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }

  async #sendAll(): Promise<void> {
    const { spool } = this.#options;
    this.#isSending = true;
    try {
      for (let spooled = spool.first; spooled !== null; spooled = spool.first) {
        const answer = await this.#options.send(spooled);
        if (answer.kind === 'lost') return;
        if (answer.kind === 'refused' && !this.#refused(spooled, answer.error)) return;
        this.#backOff.succeeded();
        spool.acknowledge(spooled.sequence);
      }
    } finally {
      // In the same breath as the last look at the spool: a frame that is pushed from now on is sent by its own flush.
      this.#isSending = false;
    }
  }

  /**
   * A frame that is refused would be refused again. A turn's end must not vanish, though, or the attempt would wait for
   * ever: it goes out once more as a turn whose output nobody could read. False: try the frame again later.
   */
  #refused({ frame }: SpooledFrame, error: ErrorData): boolean {
    if (this.#options.isPassing(error)) {
      this.#retry = setTimeout(() => this.flushNow(), this.#backOff.failed());
      return false;
    }
    this.#options.onRefusal(error);
    if (frame.kind === 'turn-ended' && frame.outcome.kind === 'completed') {
      this.#options.spool.push({ ...frame, outcome: unreadable(frame.outcome, error.message) });
    }
    return true;
  }
}

function fitting(frame: KeptFrame): KeptFrame {
  if (frame.kind !== 'turn-ended' || Buffer.byteLength(JSON.stringify(frame)) <= MAX_FRAME_BYTES)
    return frame;
  return { ...frame, outcome: unreadable(frame.outcome, 'it is too large.') };
}

function unreadable({ usage }: TurnOutcome, reason: string): TurnOutcome {
  return failedTurn('bad_output', `Tina could not read what the agent ended its turn with: ${reason}`, {
    usage,
  });
}
