import { closeSync, openSync, writeSync } from 'node:fs';
import { TextTail } from '../process/text-tail.ts';

/** Of what is beyond the limit, the last part is kept: why an agent failed stands at the end. */
const TAIL_CHARACTERS = 64 * 1024;

/** A log file that does not fill a disk. Never throws once it is open: a log is no reason to stop an agent. */
export class BoundedLog {
  readonly #limitBytes: number;
  readonly #fd: number;
  readonly #tail = new TextTail(TAIL_CHARACTERS);
  readonly #gap: string;
  #bytes = 0;
  #isOver = false;

  /** `gap` is written where something is missing. */
  constructor(path: string, limitBytes: number, gap: string) {
    this.#fd = openSync(path, 'a', 0o600);
    this.#limitBytes = limitBytes;
    this.#gap = gap;
  }

  write(text: string): void {
    if (this.#isOver) {
      this.#tail.push(text);
      return;
    }
    this.#bytes += this.#append(text);
    if (this.#bytes < this.#limitBytes) return;
    this.#isOver = true;
    this.#append(this.#gap);
  }

  /** Writes the end of what the limit kept out, with this text after it. Call it where a reader will look. */
  writeTail(text: string): void {
    this.#append(this.#tail.toString());
    this.#tail.clear();
    this.#append(text);
  }

  close(): void {
    this.writeTail('');
    closeSync(this.#fd);
  }

  #append(text: string): number {
    if (text === '') return 0;
    try {
      return writeSync(this.#fd, text);
    } catch {
      return Buffer.byteLength(text);
    }
  }
}
