import type { Client } from '@tina/client';
import { UnreachableError } from '@tina/contract';

/** A daemon that dies again and again without a single item in between is not worth another try. */
const MAX_LOSSES = 4;

export interface ResubscribeOptions<T> {
  /** Opens a connection; starts a daemon where none is. */
  readonly open: () => Promise<Client>;
  readonly subscribe: (client: Client) => AsyncIterable<T>;
  /** The daemon went away; it is tried again. */
  readonly onLost: () => void;
  readonly signal: AbortSignal;
}

/**
 * The items of a subscription that outlives the daemon: when the connection is lost it is opened anew. Ends when the
 * daemon ends the stream, or when the signal aborts.
 *
 * @throws UnreachableError after several losses in a row; what `open` throws; refusals of the daemon
 */
export async function* resubscribe<T>(options: ResubscribeOptions<T>): AsyncGenerator<T, void> {
  const { open, subscribe, onLost, signal } = options;
  for (let losses = 0; ;) {
    try {
      const client = await open();
      try {
        for await (const item of subscribe(client)) {
          losses = 0;
          yield item;
        }
        return;
      } finally {
        client.close();
      }
    } catch (error) {
      if (signal.aborted) return;
      losses++;
      if (losses === MAX_LOSSES || !(error instanceof UnreachableError)) throw error;
      if (losses === 1) onLost();
    }
  }
}
