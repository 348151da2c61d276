import { optional, type Reader, record, wholeNumber } from '@tina/agents';
import { mapped, whenScalar } from './read-yaml.ts';

/** How many are expected: `3`, or a range of which either end may be left open. */
export interface Amount {
  readonly atLeast: number;
  readonly atMost: number;
}

/** Reads `3` or `{ atLeast: 1, atMost: 4 }`. */
export function amountOf(value: Reader<number> = wholeNumber(0)): Reader<Amount> {
  const range = record({ atLeast: optional(value), atMost: optional(value) });
  return whenScalar(
    mapped(value, (exact) => ({ atLeast: exact, atMost: exact })),
    mapped(range, ({ atLeast, atMost }) => ({ atLeast: atLeast ?? 0, atMost: atMost ?? Infinity })),
  );
}

export function fits(amount: Amount, found: number): boolean {
  return found >= amount.atLeast && found <= amount.atMost;
}

/** `3`, `at least 1`, `1 to 4`. */
export function amountText({ atLeast, atMost }: Amount): string {
  if (atLeast === atMost) return String(atLeast);
  if (atMost === Infinity) return `at least ${atLeast}`;
  return atLeast === 0 ? `at most ${atMost}` : `${atLeast} to ${atMost}`;
}
