import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SessionServerError } from './session-errors.ts';
import { isListening } from './tmux-server.ts';

function temporarySocket(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tina-socket-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'socket');
}

async function listen(path: string): Promise<Server> {
  const server = createServer().listen(path);
  await once(server, 'listening');
  return server;
}

test('G06 a server that ends while it is asked is asked again', async () => {
  const path = temporarySocket();
  const first = await listen(path);
  const gone = isListening(path);
  // The connection stands in the queue of the server, which ends now: the kernel resets it.
  first.close();
  expect(await gone).toBe(false);

  const second = await listen(path);
  const answer = isListening(path);
  second.close();
  const third = await listen(path);
  expect(await answer).toBe(true);
  third.close();
});

test('G06 what cannot be asked is not taken for a server that is gone', async () => {
  const path = temporarySocket();
  expect(await isListening(path)).toBe(false);
  writeFileSync(path, 'no socket');
  // ECONNREFUSED: nobody listens there, and nobody can.
  expect(await isListening(path)).toBe(false);
  await expect(isListening(join(path, 'below'))).rejects.toThrow(SessionServerError);
});
