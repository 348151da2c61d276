/** As long as a line of the local socket may be: a plan or a report with room to spare. */
const MAX_LINE = 8 * 1024 * 1024;

/** Of a line that is too long, so much is kept to show what it was. */
const KEPT_OF_LONG_LINE = 4 * 1024;

/**
 * Cuts text that comes in pieces into lines, without their line ends. Of a line that is longer than anything a protocol
 * writes, `onLine` gets the beginning, and is told that it is not whole.
 */
export class LineSplitter {
  readonly #onLine: (line: string, isWhole: boolean) => void;
  #pieces: string[] = [];
  #length = 0;

  constructor(onLine: (line: string, isWhole: boolean) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    let from = 0;
    for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
      this.#add(text.slice(from, to));
      this.end();
      from = to + 1;
    }
    if (from < text.length) this.#add(text.slice(from));
  }

  /** Hands over a last line without a line end. */
  end(): void {
    const line = this.#pieces.join('');
    const isWhole = this.#length <= MAX_LINE;
    this.#pieces = [];
    this.#length = 0;
    this.#onLine(isWhole ? line : line.slice(0, KEPT_OF_LONG_LINE), isWhole);
  }

  get hasRest(): boolean {
    return this.#length > 0;
  }

  #add(piece: string): void {
    if (this.#length <= MAX_LINE) this.#pieces.push(piece);
    this.#length += piece.length;
  }
}
