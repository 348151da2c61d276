import { write } from 'node:fs';

/** Text is gathered for so long: fewer writes, and none of them before the agent has been started. */
const GATHER_MS = 20;
/** A pane that nobody drains (Ctrl-S) is skipped over rather than waited for. */
const MAX_WAITING = 256 * 1024;
const SKIPPED = '\n… the pane was held; the part that is missing is in output.log …\n';

/**
 * Writes to the terminal as well as it goes. Node writes to a terminal synchronously, and one that is held or gone
 * would stop the host or end it, so this writes in the background, one piece at a time, and forgets about errors.
 */
export class Pane {
  readonly #fd: number;
  #waiting = '';
  #gathering: NodeJS.Timeout | null = null;
  #isWriting = false;
  #isBroken = false;
  #onIdle: (() => void) | null = null;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(text: string): void {
    if (this.#isBroken || text === '') return;
    this.#waiting = this.#waiting.length > MAX_WAITING ? SKIPPED : this.#waiting + text;
    if (!this.#isWriting) this.#gathering ??= setTimeout(() => this.#writeNext(), GATHER_MS);
  }

  /** Resolves when everything is written, at the latest after this time. */
  async flush(maxMs: number): Promise<void> {
    if (this.#gathering !== null) this.#writeNext();
    if (!this.#isWriting) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, maxMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #writeNext(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#gathering = null;
    this.#isWriting = true;
    const piece = Buffer.from(this.#waiting);
    this.#waiting = '';
    this.#writeAll(piece);
  }

  #writeAll(piece: Buffer): void {
    write(this.#fd, piece, (error, written) => {
      if (error) this.#isBroken = true;
      else if (written < piece.length) return this.#writeAll(piece.subarray(written));
      else if (this.#waiting !== '') return this.#writeNext();
      this.#isWriting = false;
      this.#onIdle?.();
      return undefined;
    });
  }
}
