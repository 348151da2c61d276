import { closeSync, fsync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { HostFrame } from '@tina/contract';

export type KeptFrame = Exclude<HostFrame, { kind: 'heartbeat' }>;

export interface SpooledFrame {
  /** Counted from 1. A frame that is sent again has the same number. */
  readonly sequence: number;
  readonly frame: KeptFrame;
}

const SPOOL_FILE = 'spool.jsonl';

/**
 * Frames that the daemon has not acknowledged, in memory and in `spool.jsonl`: should the host die, the next daemon
 * reads there what it still had to say. The file is emptied whenever nothing is left, so it may hold frames that were
 * acknowledged, never lack one that was not.
 */
export class Spool {
  readonly #waiting: SpooledFrame[] = [];
  readonly #fd: number;
  #lastSequence = 0;

  constructor(directory: string) {
    this.#fd = openSync(join(directory, SPOOL_FILE), 'a', 0o600);
  }

  get first(): SpooledFrame | null {
    return this.#waiting[0] ?? null;
  }

  push(frame: KeptFrame): void {
    this.#lastSequence += 1;
    const spooled = { sequence: this.#lastSequence, frame };
    this.#waiting.push(spooled);
    try {
      writeSync(this.#fd, `${JSON.stringify(spooled)}\n`);
      // Not waited for: the disk takes milliseconds, and the daemon usually answers sooner.
      if (frame.kind === 'turn-ended') fsync(this.#fd, () => {});
    } catch {
      // A full disk: what is in memory will do as long as the host lives.
    }
  }

  /** Frames are acknowledged in their order. */
  acknowledge(sequence: number): void {
    if (this.#waiting[0]?.sequence !== sequence) return;
    this.#waiting.shift();
    if (this.#waiting.length > 0) return;
    try {
      ftruncateSync(this.#fd);
    } catch {
      // Then the next daemon meets frames that it knows.
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}
