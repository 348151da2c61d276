/** Items between one that pushes and one that iterates. */
export class ItemQueue<T> implements AsyncIterableIterator<T> {
  readonly #keep: 'all' | 'latest';
  readonly #onReturn: () => void;
  #items: T[] = [];
  #end: { readonly error: Error | null } | null = null;
  #wake: (() => void) | null = null;

  /** `onReturn` is called when the consumer leaves before the end. */
  constructor(keep: 'all' | 'latest', onReturn: () => void) {
    this.#keep = keep;
    this.#onReturn = onReturn;
  }

  push(item: T): void {
    if (this.#end !== null) return;
    if (this.#keep === 'latest') this.#items = [item];
    else this.#items.push(item);
    this.#wake?.();
  }

  /** Nothing follows; what is queued is still read. The first end wins. */
  end(error: Error | null): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.#items.length === 0 && this.#end === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#items.length > 0) return { done: false, value: this.#items.shift() as T };
    const error = this.#end?.error ?? null;
    this.#end = { error: null };
    if (error !== null) throw error;
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<T, undefined>> {
    const early = this.#end === null;
    this.#items = [];
    this.end(null);
    if (early) this.#onReturn();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
