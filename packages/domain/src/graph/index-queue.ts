/** Indexes, of which the smallest is taken first. A binary heap: each step takes logarithmic time. */
export class IndexQueue {
  readonly #heap: number[] = [];

  add(index: number): void {
    const heap = this.#heap;
    heap.push(index);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#at(parent) <= index) break;
      heap[at] = this.#at(parent);
      at = parent;
    }
    heap[at] = index;
  }

  /** The smallest index, which is then no longer there; null when there is none. */
  take(): number | null {
    const heap = this.#heap;
    const smallest = heap[0];
    const last = heap.pop();
    if (smallest === undefined || last === undefined) return null;
    if (heap.length > 0) this.#sink(last);
    return smallest;
  }

  #sink(index: number): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < heap.length && this.#at(child + 1) < this.#at(child)) child += 1;
      if (child >= heap.length || this.#at(child) >= index) break;
      heap[at] = this.#at(child);
      at = child;
    }
    heap[at] = index;
  }

  #at(position: number): number {
    return this.#heap[position] as number;
  }
}
