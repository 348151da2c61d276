/** Time as the node sees it. */
export interface NodeClock {
  /** Milliseconds that only grow; they do not count while the machine sleeps. */
  now(): number;
  /** Calls once, after so many milliseconds. Answers with the way to call it off. */
  after(delayMs: number, callback: () => void): () => void;
}

export const systemClock: NodeClock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Waits; rejects with the signal's reason when it is aborted. */
export function pause(clock: NodeClock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}
