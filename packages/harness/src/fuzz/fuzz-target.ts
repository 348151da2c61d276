import type { Random } from './input/random.ts';

/** What was made of an input: taken, or refused with an error that says why. Anything that is thrown is a finding. */
export type Verdict = 'accepted' | 'refused';

/** One input, ready to be tried. */
export interface Trial {
  /** In characters: a longer one may take longer. */
  readonly size: number;
  /** The input itself, for whoever looks into a finding. */
  readonly show: () => string;
  /** @throws anything that is not a refusal */
  readonly run: () => Verdict | Promise<Verdict>;
}

export interface OpenTarget {
  /** The same input for the same random numbers. */
  readonly make: (random: Random) => Trial;
  readonly close: () => Promise<void>;
}

/** Something that reads what others wrote. */
export interface FuzzTarget {
  readonly name: string;
  /** How many of all inputs it gets, beside the other targets. */
  readonly share: number;
  readonly open: () => Promise<OpenTarget>;
}

/** The reader's own promise was broken: it crashed nothing, and yet it must not be. */
export class BrokenPromise extends Error {}

/** A target without anything to open or close. */
export function plainTarget(name: string, share: number, make: OpenTarget['make']): FuzzTarget {
  return { name, share, open: () => Promise.resolve({ make, close: () => Promise.resolve() }) };
}

/** An input of text. */
export function textTrial(text: string, read: (text: string) => Verdict): Trial {
  return { size: text.length, show: () => JSON.stringify(text), run: () => read(text) };
}
