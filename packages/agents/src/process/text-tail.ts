/** Keeps the last characters of a text that comes in pieces. */
export class TextTail {
  readonly #limit: number;
  #pieces: string[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(piece: string): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    let first = this.#pieces[0];
    while (first !== undefined && this.#length - first.length >= this.#limit) {
      this.#pieces.shift();
      this.#length -= first.length;
      first = this.#pieces[0];
    }
  }

  clear(): void {
    this.#pieces = [];
    this.#length = 0;
  }

  toString(): string {
    return this.#pieces.join('').slice(-this.#limit);
  }
}
