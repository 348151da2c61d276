import type { CliIo } from './io.ts';

export const INTERRUPTED = Symbol('interrupted');

/** Works until it is done or Ctrl-C, whichever comes first; the signal tells the work that nobody waits any more. */
export async function untilInterrupted<T>(
  { onInterrupt }: Pick<CliIo, 'onInterrupt'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | typeof INTERRUPTED> {
  const stop = new AbortController();
  const interrupted = new Promise<typeof INTERRUPTED>((resolve) => {
    stop.signal.addEventListener('abort', () => {
      resolve(INTERRUPTED);
    });
  });
  const stopListening = onInterrupt(() => stop.abort());
  try {
    return await Promise.race([work(stop.signal), interrupted]);
  } finally {
    stopListening();
  }
}
