import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClientLine, ServerLine } from '@tina/contract';
import type { Sandbox } from './sandbox.ts';

/** Sends one line to the daemon's socket, as any program of the user could, and waits for the first line that comes back. */
export async function askDaemon(
  sandbox: Sandbox,
  request: { readonly call: string; readonly input: unknown; readonly token?: string },
): Promise<ServerLine> {
  const line: ClientLine = { id: 1, ...request };
  const socket = connect(join(sandbox.home, 'state/daemon.sock'));
  socket.write(`${JSON.stringify(line)}\n`);
  try {
    for await (const answer of createInterface({ input: socket })) return JSON.parse(answer) as ServerLine;
    throw new Error(`the daemon did not answer ${request.call}`);
  } finally {
    socket.destroy();
  }
}
