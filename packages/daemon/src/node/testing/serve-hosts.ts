import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { TinaError, type ClientLine, type HostHello, type ServerLine } from '@tina/contract';
import type { Node } from '../create-node.ts';
import type { HostConnection, HostFrameInput } from '../host/host-channel.ts';

type Call = Extract<ClientLine, { call: string }>;

export interface HostServer {
  /** Ends every connection, as when the daemon dies. */
  stop(): Promise<void>;
}

/** The part of the daemon's socket that agent hosts use. */
export async function serveHosts(node: Node, socketPath: string): Promise<HostServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const connections: HostConnection[] = [];
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      for (const connection of connections) connection.closed();
    });
    const lines = createInterface({ input: socket });
    // A host that is killed with something unread resets the connection, and readline tells of it once more.
    lines.on('error', () => {});
    lines.on('line', (line) => {
      void answer(node, JSON.parse(line) as Call, socket, connections);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function answer(node: Node, call: Call, socket: Socket, connections: HostConnection[]): Promise<void> {
  const { id } = call;
  const send = (line: ServerLine): void => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(line)}\n`);
  };
  try {
    if (call.call === 'host.connect') {
      const channel = { send: (item: unknown) => send({ id, item }), end: () => send({ id, end: true }) };
      connections.push(await node.connectHost(call.input as HostHello, channel));
    } else {
      await node.hostFrame(call.input as HostFrameInput, call.token ?? '');
      send({ id, result: {} });
    }
  } catch (error) {
    const known =
      error instanceof TinaError ? error : new TinaError({ code: 'internal_error', message: String(error) });
    send({ id, error: known.toData() });
  }
}
