import type { OutputStream } from '../terminal/io.ts';
import { diffFrames } from './frame-diff.ts';

const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';
const CLEAR = '\u001B[H\u001B[2J';
/** Terminals that know it show the whole frame at once; the others ignore it. */
const BEGIN_UPDATE = '\u001B[?2026h';
const END_UPDATE = '\u001B[?2026l';

/** Lines at the end of the terminal's output that are redrawn in place. `close` leaves the last frame where it is. */
export class LiveScreen {
  readonly #stream: OutputStream;
  #frame: readonly string[] = [];
  #open = false;

  constructor(stream: OutputStream) {
    this.#stream = stream;
  }

  draw(lines: readonly string[]): void {
    if (!this.#open) {
      this.#stream.write(HIDE_CURSOR);
      this.#open = true;
    }
    const update = diffFrames(this.#frame, lines, this.#width());
    if (update !== '') this.#stream.write(`${BEGIN_UPDATE}${update}${END_UPDATE}`);
    this.#frame = lines;
  }

  /** When nobody knows any more what stands where, as after a change of the terminal's size: on an empty screen. */
  redraw(lines: readonly string[]): void {
    this.#stream.write(CLEAR);
    this.#frame = [];
    this.draw(lines);
  }

  /** Gives the terminal back, for a question or for good. */
  close(): void {
    if (this.#open) this.#stream.write(SHOW_CURSOR);
    this.#open = false;
    this.#frame = [];
  }

  #width(): number {
    return Math.max(1, this.#stream.columns ?? 80);
  }
}
