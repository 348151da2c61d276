import { closeSync, fsync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { HostFrame } from '@tina/contract';

export type KeptFrame = Exclude<HostFrame, { kind: 'heartbeat' }>;

export interface SpooledFrame {
  /** Counted from 1. A frame that is sent again has the same number. */
  readonly sequence: number;
  readonly frame: KeptFrame;
}

/** Below the attempt's folder; `readSpool` reads it. */
export const SPOOL_FILE = 'spool.jsonl';

/**
 * Frames that the daemon has not acknowledged, in memory and in `spool.jsonl`: should the host die, the next daemon
 * reads there what it still had to say. The file is emptied whenever nothing is left; until then a line
 * `{"acknowledged":<sequence>}` tells what is no more waited for. It never lacks a frame that was not acknowledged.
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
      this.#write(spooled);
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
    try {
      if (this.#waiting.length > 0) this.#write({ acknowledged: sequence });
      else ftruncateSync(this.#fd);
    } catch {
      // Then the next daemon meets frames that it knows.
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #write(line: SpooledFrame | { readonly acknowledged: number }): void {
    writeSync(this.#fd, `${JSON.stringify(line)}\n`);
  }
}
