/** More rounds than any run could need between two commits; past it the rules contradict each other, which must be loud. */
const MAX_ROUNDS = 10_000;

/** What is reached by asking for the next value until there is none. */
export function fixpoint<T>(start: T, next: (current: T) => T | null): T {
  let current = start;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const following = next(current);
    if (following === null) return current;
    current = following;
  }
  throw new Error(`no rest after ${MAX_ROUNDS} rounds`);
}
