import type { Random } from './random.ts';

/**
 * A process of the simulated world: a daemon, an agent host, an agent. It lives until it is killed; then nothing it asked for
 * is answered, and nothing it waited for comes. The code that runs in it notices nothing, as in a process that is killed.
 */
export class Part {
  readonly name: string;
  #isAlive = true;
  readonly #onKilled = new Set<() => void>();

  constructor(name: string) {
    this.name = name;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  kill(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    const callbacks = [...this.#onKilled];
    this.#onKilled.clear();
    for (const callback of callbacks) callback();
  }

  /** Answers with the way to call it off. */
  onKilled(callback: () => void): () => void {
    this.#onKilled.add(callback);
    return () => this.#onKilled.delete(callback);
  }
}

interface Step {
  readonly part: Part;
  readonly name: string;
  readonly dueAt: number;
  readonly run: () => void;
}

/** What goes wrong with one step. */
export interface Mishap {
  /** It is done so much later. */
  readonly delayMs?: number;
  /** It is not done; the asker gets this error. */
  readonly refusal?: Error;
  /** It is done twice, and the first answer is lost. */
  readonly isDoubled?: boolean;
  /** It is done, but the asker gets this error instead of the answer. */
  readonly lostAnswer?: Error;
}

/** Asked before each step that a part takes in the world; may kill parts. */
export type Mischief = (part: Part, name: string) => Mishap;

const NO_MISHAP: Mishap = {};

/**
 * One thread, one clock, one order. Whatever a part asks of the world is a step. Steps that are due are taken one at a time,
 * in an order that chance decides, and the clock moves only when none is due: the whole history follows from its seed.
 */
export class Kernel {
  readonly #random: Random;
  readonly #trace: ((line: string) => void) | null;
  #steps: Step[] = [];
  #now = 0;
  #taken = 0;
  mischief: Mischief = () => NO_MISHAP;

  constructor(random: Random, trace: ((line: string) => void) | null) {
    this.#random = random;
    this.#trace = trace;
  }

  /** Milliseconds that only grow. */
  get now(): number {
    return this.#now;
  }

  /** How many steps were taken. */
  get taken(): number {
    return this.#taken;
  }

  note(text: string): void {
    this.#trace?.(`${this.#now} ${text}`);
  }

  /** Something that a part asks of the world. Never answered when the part is killed meanwhile. */
  ask<T>(part: Part, name: string, work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (how: () => void): void => {
        if (part.isAlive) how();
      };
      const take = async (mishap: Mishap): Promise<void> => {
        try {
          if (mishap.refusal) throw mishap.refusal;
          if (mishap.isDoubled) await work();
          const value = await work();
          if (mishap.lostAnswer) throw mishap.lostAnswer;
          settle(() => resolve(value));
        } catch (error) {
          settle(() => reject(error));
        }
      };
      this.#enqueue({ part, name, dueAt: this.#now, run: () => this.#take(part, name, take) });
    });
  }

  /** Calls back once, after so long, if the part lives then. Answers with the way to call it off. */
  after(part: Part, delayMs: number, name: string, run: () => void): () => void {
    const step: Step = { part, name, dueAt: this.#now + Math.max(0, delayMs), run };
    this.#enqueue(step);
    return () => {
      this.#steps = this.#steps.filter((each) => each !== step);
    };
  }

  /** Takes steps until it is over, nothing is left to do, or there were too many. */
  async run(options: {
    readonly isOver: () => boolean;
    readonly maxSteps: number;
  }): Promise<'over' | 'idle' | 'too-long'> {
    const end = this.#taken + options.maxSteps;
    while (this.#taken < end) {
      await untilQuiet();
      if (options.isOver()) return 'over';
      const step = this.#next();
      if (step === null) return 'idle';
      this.#taken += 1;
      this.#trace?.(`${this.#now} ${step.part.name}: ${step.name}`);
      step.run();
    }
    return 'too-long';
  }

  #take(part: Part, name: string, take: (mishap: Mishap) => Promise<void>): void {
    const { delayMs, ...mishap } = this.mischief(part, name);
    if (!part.isAlive) return;
    if (delayMs === undefined) void take(mishap);
    else this.#enqueue({ part, name, dueAt: this.#now + delayMs, run: () => void take(mishap) });
  }

  #enqueue(step: Step): void {
    if (step.part.isAlive) this.#steps.push(step);
  }

  /** One of those that are due, whichever; where none is, the clock goes on to the next that will be. */
  #next(): Step | null {
    this.#steps = this.#steps.filter(({ part }) => part.isAlive);
    let earliest = Infinity;
    for (const { dueAt } of this.#steps) earliest = Math.min(earliest, dueAt);
    if (earliest === Infinity) return null;
    this.#now = Math.max(this.#now, earliest);
    const due = this.#steps.filter(({ dueAt }) => dueAt <= this.#now);
    const step = this.#random.pick(due) ?? null;
    this.#steps.splice(
      this.#steps.findIndex((each) => each === step),
      1,
    );
    return step;
  }
}

/** The code under simulation has nothing more to do by itself: it waits for the world. */
function untilQuiet(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
