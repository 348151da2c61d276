import type { IdKind, RunState } from './state.ts';

/**
 * Makes ids from the run's own counters: unique without randomness, and the same whenever the same decision is
 * made again. One allocator serves one decision; `evolve` counts the ids when their events are folded in.
 */
export interface IdAllocator {
  next(kind: IdKind): string;
}

export function allocateIds(state: Pick<RunState, 'id' | 'counters'>): IdAllocator {
  const counters = { ...state.counters };
  return {
    next(kind) {
      counters[kind] += 1;
      return `${state.id}-${kind}${counters[kind]}`;
    },
  };
}
