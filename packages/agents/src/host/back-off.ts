/** A daemon that is in trouble for long is asked no less often than this. */
const MAX_DELAY_MS = 5_000;

/** Waits that double from try to try, up to 5 s, until something succeeds. */
export class BackOff {
  readonly #firstMs: number;
  #failures = 0;

  constructor(firstMs: number) {
    this.#firstMs = firstMs;
  }

  /** How long to wait after one more failure. */
  failed(): number {
    this.#failures += 1;
    return Math.min(this.#firstMs * 2 ** (this.#failures - 1), MAX_DELAY_MS);
  }

  succeeded(): void {
    this.#failures = 0;
  }
}
