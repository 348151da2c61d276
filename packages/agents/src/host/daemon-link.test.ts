import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { HostOrder } from '@tina/contract';
import { expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { DaemonLink } from './daemon-link.ts';

/** A daemon that answers each connection's hello with these lines, then nothing. */
async function linkTo(
  answers: readonly string[],
): Promise<{ link: DaemonLink; orders: HostOrder[]; count: () => number }> {
  const socketPath = join(temporaryFolder(), 'daemon.sock');
  const orders: HostOrder[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const answer = answers[sockets.length];
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => answer !== undefined && socket.write(`${answer}\n`));
  });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  const link = new DaemonLink({
    socketPath,
    token: 'token',
    retryMs: 1,
    hello: () => ({
      attemptId: 'a',
      epoch: 1,
      token: 'token',
      hostPid: 1,
      agentVersion: '1',
      workingDirectory: '/',
      branch: 'b',
      session: null,
      turn: 0,
    }),
    shouldRetry: () => true,
    onReached: () => {},
    onAbsent: () => {},
    onOrder: (order) => orders.push(order),
    onRefused: () => {},
  });
  onTestFinished(() => {
    link.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { link, orders, count: () => sockets.length };
}

it('says hello anew to a daemon that talks nonsense, or stops listening to hosts', async () => {
  const { link, orders, count } = await linkTo([
    'nonsense',
    '{"no":"id"}',
    '{"id":3,"end":true}',
    '{"id":4,"item":{"kind":"accepted"}}',
  ]);
  expect(await link.call('host.frame', {})).toEqual({ kind: 'lost' });
  link.open();
  await vi.waitUntil(() => link.isLinked, { timeout: 5_000, interval: 1 });
  expect(orders).toEqual([{ kind: 'accepted' }]);
  expect(count()).toBe(4);
});

it('does not open again once it is closed', async () => {
  const { link, count } = await linkTo([]);
  link.open();
  await vi.waitUntil(() => count() === 1);
  link.close();
  link.open();
  expect(link.isLinked).toBe(false);
});
