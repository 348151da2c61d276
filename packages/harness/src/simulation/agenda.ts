import type { Part } from './part.ts';
import type { Random } from './random.ts';

/** Something that a part will do. */
export interface Step {
  readonly part: Part;
  readonly name: string;
  dueAt: number;
  isCalledOff: boolean;
  readonly run: () => void;
}

/**
 * What is to be done and when: those that are due in no order, the rest in a heap by their time. What was called off, or is
 * of a part that died, is dropped when it is met; so neither costs a search.
 */
export class Agenda {
  readonly #due: Step[] = [];
  readonly #later: Step[] = [];
  #now = 0;

  /** Milliseconds that only grow. */
  get now(): number {
    return this.#now;
  }

  add(step: Step): void {
    if (step.dueAt <= this.#now) this.#due.push(step);
    else this.#push(step);
  }

  /** One of those that are due, whichever; where none is, the clock goes on to the next that will be. */
  take(random: Random): Step | null {
    for (;;) {
      if (this.#due.length === 0 && !this.#goOn()) return null;
      // Each that is due has the same chance, whatever was dropped before it.
      const index = random.below(this.#due.length);
      const step = this.#due[index] as Step;
      const last = this.#due.pop() as Step;
      if (last !== step) this.#due[index] = last;
      if (step.isCalledOff || !step.part.isAlive) continue;
      if (step.part.frozenUntil <= this.#now) return step;
      step.dueAt = step.part.frozenUntil;
      this.#push(step);
    }
  }

  /** False when nothing will ever be due. */
  #goOn(): boolean {
    for (let first = this.#pop(); first !== null; first = this.#pop()) {
      if (first.isCalledOff || !first.part.isAlive) continue;
      this.#now = Math.max(this.#now, first.dueAt);
      this.#due.push(first);
      while (this.#later[0] !== undefined && this.#later[0].dueAt <= this.#now) {
        this.#due.push(this.#pop() as Step);
      }
      return true;
    }
    return false;
  }

  #push(step: Step): void {
    const heap = this.#later;
    let at = heap.length;
    heap.push(step);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as Step;
      if (parent.dueAt <= step.dueAt) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = step;
  }

  #pop(): Step | null {
    const heap = this.#later;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined) return null;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(step: Step): void {
    const heap = this.#later;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left === undefined) break;
      if (right !== undefined && right.dueAt < left.dueAt) below += 1;
      const child = heap[below] as Step;
      if (child.dueAt >= step.dueAt) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = step;
  }
}
