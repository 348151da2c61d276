import { Agenda } from './agenda.ts';
import type { Part } from './part.ts';
import type { Random } from './random.ts';

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
  /** The asker gets this error at once, and it is done so much later: after what is asked next. */
  readonly overtaken?: { readonly error: Error; readonly afterMs: number };
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
  readonly #agenda = new Agenda();
  #taken = 0;
  mischief: Mischief = () => NO_MISHAP;

  constructor(random: Random, trace: ((line: string) => void) | null) {
    this.#random = random;
    this.#trace = trace;
  }

  /** Milliseconds that only grow. */
  get now(): number {
    return this.#agenda.now;
  }

  /** How many steps were taken. */
  get taken(): number {
    return this.#taken;
  }

  note(text: string): void {
    this.#trace?.(`${this.now} ${text}`);
  }

  /** Something that a part asks of the world. Never answered when the part is killed meanwhile. */
  ask<T>(part: Part, name: string, work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const take = async (mishap: Mishap): Promise<void> => {
        try {
          if (mishap.refusal) throw mishap.refusal;
          if (mishap.overtaken) {
            const { error, afterMs } = mishap.overtaken;
            this.#enqueue(part, name, afterMs, () => void Promise.resolve().then(work).catch(unheard));
            throw error;
          }
          if (mishap.isDoubled) await work();
          const value = await work();
          if (mishap.lostAnswer) throw mishap.lostAnswer;
          if (part.isAlive) resolve(value);
        } catch (error) {
          if (part.isAlive) reject(error);
        }
      };
      this.#enqueue(part, name, 0, () => this.#take(part, name, take));
    });
  }

  /** Calls back once, after so long, if the part lives then. Answers with the way to call it off. */
  after(part: Part, delayMs: number, name: string, run: () => void): () => void {
    return this.#enqueue(part, name, Math.max(0, delayMs), run);
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
      const step = this.#agenda.take(this.#random);
      if (step === null) return 'idle';
      this.#taken += 1;
      this.#trace?.(`${this.now} ${step.part.name}: ${step.name}`);
      step.run();
    }
    return 'too-long';
  }

  #take(part: Part, name: string, take: (mishap: Mishap) => Promise<void>): void {
    const { delayMs, ...mishap } = this.mischief(part, name);
    if (!part.isAlive) return;
    if (delayMs === undefined) void take(mishap);
    else this.#enqueue(part, name, delayMs, () => void take(mishap));
  }

  #enqueue(part: Part, name: string, delayMs: number, run: () => void): () => void {
    const step = { part, name, dueAt: this.now + delayMs, isCalledOff: false, run };
    if (part.isAlive) this.#agenda.add(step);
    return () => {
      step.isCalledOff = true;
    };
  }
}

/** Whoever asked has long had an error. */
function unheard(): void {}

/** The code under simulation has nothing more to do by itself: it waits for the world. */
function untilQuiet(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
