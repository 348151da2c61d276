import { PieceRedactor } from './piece-redactor.ts';
import type { Secret } from './secret.ts';
import { TextTail } from '../process/text-tail.ts';

/** The last characters of a text that comes in pieces, without secrets: none can be cut in two by the beginning (G30). */
export class RedactedTail {
  readonly #limit: number;
  readonly #tail: TextTail;
  readonly #redactor: PieceRedactor;

  constructor(limit: number, secrets: readonly Secret[]) {
    this.#limit = limit;
    this.#tail = new TextTail(limit);
    this.#redactor = new PieceRedactor(secrets);
  }

  push(piece: string): void {
    this.#tail.push(this.#redactor.push(piece));
  }

  clear(): void {
    this.#tail.clear();
    this.#redactor.flush();
  }

  toString(): string {
    return (this.#tail.toString() + this.#redactor.held).slice(-this.#limit);
  }
}
