import type { HostOrder } from '@tina/contract';

/** Orders for one host, given at any time and read one after the other until the queue is closed. */
export interface OrderQueue {
  push(order: HostOrder): void;
  close(): void;
  read(signal: AbortSignal): AsyncGenerator<HostOrder>;
}

export function createOrderQueue(): OrderQueue {
  const orders: HostOrder[] = [];
  let isClosed = false;
  let wake: (() => void) | null = null;

  function changed(): void {
    wake?.();
    wake = null;
  }

  return {
    push(order) {
      orders.push(order);
      changed();
    },
    close() {
      isClosed = true;
      changed();
    },
    async *read(signal) {
      signal.addEventListener('abort', changed, { once: true });
      try {
        while (!signal.aborted) {
          const order = orders.shift();
          if (order) yield order;
          else if (isClosed) return;
          else {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        }
      } finally {
        signal.removeEventListener('abort', changed);
      }
    },
  };
}
