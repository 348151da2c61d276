import { type Move, wordOf } from './moves.test-support.ts';
import { RealRun } from './real-run.test-support.ts';
import { type RefRules, type RefRun, referenceRun } from './reference-run.test-support.ts';
import { goOn } from './reference-schedule.test-support.ts';
import { hear, type Word } from './reference-words.test-support.ts';
import { type View, viewOfReal, viewOfReference } from './views.test-support.ts';

/** The real run and the reference model: both hear the same words, and stand alike after each. */
export class Pair {
  readonly reference: RefRun;
  readonly real: RealRun;
  readonly #said: Word[] = [];
  readonly #seen: Set<string>;

  /** `seen` collects the statuses and refusals that both came through. */
  constructor(rules: RefRules, seen: Set<string>) {
    this.#seen = seen;
    this.reference = referenceRun(rules);
    this.real = new RealRun(rules);
    goOn(this.reference);
    this.#compare();
  }

  get status(): string {
    return viewOfReference(this.reference).status;
  }

  /** Whether there are tasks of a plan. */
  get hasPlan(): boolean {
    return this.reference.tasks.some(({ planned }) => planned !== null);
  }

  move(next: Move): void {
    this.hear(wordOf(this.reference, next, this.#said));
  }

  /** @throws Error that tells the difference and every word up to it, when the two do not agree */
  hear(word: Word): void {
    this.#said.push(word);
    const before = this.real.state;
    const real = this.real.hear(word);
    const reference = hear(this.reference, word);
    if (real !== reference) this.#disagree(`the run says ${real ?? 'yes'}, the model ${reference ?? 'yes'}`);
    if (real !== null && this.real.state !== before) this.#disagree(`${real}, and yet the state changed`);
    if (real !== null) this.#seen.add(`refused ${real}`);
    this.#compare();
  }

  #compare(): void {
    const real = viewOfReal(this.real);
    const reference = viewOfReference(this.reference);
    if (JSON.stringify(sorted(real)) !== JSON.stringify(sorted(reference)))
      this.#disagree(differences(real, reference).join('\n'));
    this.#seen.add(`run ${real.status}`);
    for (const [status] of Object.values(real.tasks)) this.#seen.add(`task ${String(status)}`);
    for (const [, status] of Object.values(real.attempts)) this.#seen.add(`attempt ${String(status)}`);
    for (const [, status] of Object.values(real.gates)) this.#seen.add(`gate ${String(status)}`);
    for (const cells of Object.values(real.tasks)) this.#seen.add(`blocked ${String(cells.at(-1))}`);
  }

  #disagree(how: string): never {
    const words = this.#said.map((word) => JSON.stringify(word)).join('\n');
    throw new Error(`${how}\nafter these words:\n${words}`);
  }
}

function differences(real: View, reference: View): readonly string[] {
  const parts = Object.keys(real) as (keyof View)[];
  return parts.flatMap((part) => {
    const [left, right] = [entriesOf(real[part]), entriesOf(reference[part])];
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return keys
      .filter((key) => left[key] !== right[key])
      .map((key) => `${part} ${key}: the run has ${left[key]}, the model ${right[key]}`);
  });
}

function entriesOf(value: View[keyof View]): Readonly<Record<string, string>> {
  const entries = typeof value === 'string' ? [['', value] as const] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, each]) => [key, JSON.stringify(each)]));
}

function sorted(view: View): unknown {
  return Object.entries(view).map(([part, value]) => [
    part,
    Object.entries(entriesOf(value as View[keyof View])).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}
