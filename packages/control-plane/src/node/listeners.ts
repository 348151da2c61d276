/** Whoever wants to know of something. */
export interface Listeners<Told> {
  /** Answers with the way to stop. */
  readonly add: (listener: (told: Told) => void) => () => void;
  readonly tell: (told: Told) => void;
}

/** What was committed is committed, whatever a listener makes of it: what it throws goes to `onError`. */
export function createListeners<Told>(onError: (error: unknown) => void): Listeners<Told> {
  const listeners = new Set<(told: Told) => void>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(told) {
      for (const listener of listeners) {
        try {
          listener(told);
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}
