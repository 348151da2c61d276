import type { AttemptView } from '@tina/contract';
import { clock, elapsed } from '../output/amounts.ts';

/** What a parked attempt waits for. `now`: also how long it still is. */
export function parkedText({ parkedBy, parkedUntil, backoff }: AttemptView, now: number | null): string {
  if (parkedBy === 'budget') return 'waits for its budget';
  if (parkedUntil === null) return 'parked';
  const at = clock(parkedUntil);
  if (backoff !== null) {
    const what = parkedBy === 'network' ? 'cannot be reached' : 'is overloaded';
    return `the model's service ${what}, tries again at ${at}, ${backoff.number} of ${backoff.of}`;
  }
  return `parked until ${at}${now === null ? '' : `, in ${elapsed(parkedUntil - now)}`}`;
}
