import { TinaError } from '@tina/contract';
import type { Handlers } from '@tina/control-plane';
import type { Node } from '@tina/daemon';
import { createOrderQueue } from './order-queue.ts';

/** The calls of agent hosts, handed to the node that looks after them. */
export function createHostHandlers(node: Node): Pick<Handlers, 'host.connect' | 'host.frame'> {
  return {
    async *'host.connect'(hello, { signal }) {
      const orders = createOrderQueue();
      const connection = await node.connectHost(hello, {
        send: (order) => orders.push(order),
        end: () => orders.close(),
      });
      try {
        yield* orders.read(signal);
      } finally {
        connection.closed();
      }
    },
    'host.frame': async (input, { token }) => {
      if (token === null)
        throw new TinaError({ code: 'host_refused', message: 'A host must show its token.' });
      await node.hostFrame(input, token);
      return {};
    },
  };
}
