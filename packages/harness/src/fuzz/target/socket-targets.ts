import { connect } from '@tina/client';
import { MAX_LINE_BYTES, TinaError } from '@tina/contract';
import { listenOnSocket } from '@tina/control-plane';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokenPromise, type FuzzTarget, type Verdict } from '../fuzz-target.ts';
import { mutatedText } from '../input/mutate-text.ts';
import { mutatedValue } from '../input/mutate-value.ts';
import type { Random } from '../input/random.ts';
import { openWorld } from './world.ts';

const CALLS: readonly object[] = [
  { id: 1, call: 'run.list', input: {} },
  { id: 2, call: 'run.get', input: { run: 'greeter' } },
  { id: 3, call: 'event.watch', input: { after: 0 }, token: 'secret' },
  { id: 3, cancel: true },
  { id: 4, call: 'task.list', input: { run: 'x' } },
];

const ANSWERS: readonly object[] = [
  { id: 1, result: [] },
  { id: 1, error: { code: 'no', message: 'no', place: null, details: [], next: [] } },
  { id: 1, item: { type: 'run.paused' } },
  { id: 1, end: true },
];

const JSON_WORDS = ['{', '}', '[', ']', '"', ':', ',', '\n', 'null', '1e999', '"id":1', '"call":"run.list"'];

/** No answer after this is a hang. */
const PATIENCE_MS = 5_000;
/** The call that comes after everything else. */
const LAST = { id: 987_654_321, call: 'run.list', input: { limit: 1 } };

/** Both ends of the socket, each spoken to by somebody who does not know the protocol well. */
export const SOCKET_TARGETS: readonly FuzzTarget[] = [
  { name: 'socket', share: 0.4, open: openServer },
  { name: 'client', share: 0.4, open: openClient },
];

function bytes(random: Random, corpus: readonly object[]): Buffer {
  const lines = Array.from({ length: 1 + random.below(4) }, () => {
    const value = random.pick(corpus);
    return random.oneIn(3)
      ? mutatedText(random, [JSON.stringify(value)], JSON_WORDS)
      : JSON.stringify(random.oneIn(4) ? value : mutatedValue(random, value));
  });
  const text = Buffer.from(`${lines.join('\n')}\n`);
  if (random.oneIn(4)) text[random.below(text.length)] = random.below(256);
  return random.oneIn(4_000) ? Buffer.alloc(MAX_LINE_BYTES + 1, text) : text;
}

/** In pieces, so that lines and characters are cut anywhere. */
function send(socket: Socket, content: Buffer, piece: number): void {
  for (let at = 0; at < content.length; at += piece) socket.write(content.subarray(at, at + piece));
}

async function temporary(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'tina-fuzz-'));
  return { path: join(folder, 's.sock'), remove: () => rm(folder, { recursive: true, force: true }) };
}

async function openServer(): ReturnType<FuzzTarget['open']> {
  const { path, remove } = await temporary();
  const world = await openWorld();
  const errors: unknown[] = [];
  const server = await listenOnSocket({
    path,
    owner: world.operator,
    serve: (name, input) => world.call(name, input),
    authenticate: () => Promise.resolve(null),
    onError: (error) => errors.push(error),
  });
  const run = async (content: Buffer, piece: number): Promise<Verdict> => {
    const socket = createConnection(path);
    try {
      await once(socket, 'connect');
      send(socket, content, piece);
      socket.write(`\n${JSON.stringify(LAST)}\n`);
      const end = await lastWord(socket);
      const [error] = errors.splice(0);
      if (error !== undefined) throw new Error('an error that nobody expected', { cause: error });
      return end;
    } finally {
      socket.destroy();
    }
  };
  return {
    make(random) {
      const content = bytes(random, CALLS);
      const piece = random.oneIn(3) ? 1 + random.below(40) : 65_536;
      const show = (): string =>
        `${JSON.stringify(content.toString('latin1').slice(0, 20_000))} in pieces of ${piece}`;
      return { size: content.length, show, run: () => run(content, Math.max(piece, content.length >> 10)) };
    },
    async close() {
      await server.close();
      await world.close();
      await remove();
    },
  };
}

/** Whether the last call was answered, or the connection was ended with a word why. */
function lastWord(socket: Socket): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const timer = setTimeout(() => reject(new BrokenPromise('neither an answer nor an end')), PATIENCE_MS);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    socket.on('error', () => {});
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
      if (heard.includes(`{"id":${LAST.id},`)) settle(() => resolve('accepted'));
    });
    socket.on('close', () =>
      settle(() => {
        if (heard.includes('{"id":0,"error":{"code":"')) resolve('refused');
        else reject(new BrokenPromise('the connection was ended without a word'));
      }),
    );
  });
}

async function openClient(): ReturnType<FuzzTarget['open']> {
  const { path, remove } = await temporary();
  let next: { readonly content: Buffer; readonly piece: number } | null = null;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      if (next) send(socket, next.content, next.piece);
      socket.end();
    });
  });
  server.listen(path);
  await once(server, 'listening');
  const run = async (content: Buffer, piece: number): Promise<Verdict> => {
    next = { content, piece };
    const client = await connect({ socketPath: path });
    try {
      await client.call('run.list', {}, { timeoutMs: PATIENCE_MS });
      return 'accepted';
    } catch (error) {
      if (!(error instanceof TinaError)) throw error;
      if (error.code === 'timeout') throw new BrokenPromise('the client waits for ever');
      return 'refused';
    } finally {
      client.close();
    }
  };
  return {
    make(random) {
      const content = bytes(random, ANSWERS);
      const piece = Math.max(random.oneIn(3) ? 1 + random.below(40) : 65_536, content.length >> 10);
      const show = (): string => JSON.stringify(content.toString('latin1').slice(0, 20_000));
      return { size: content.length, show, run: () => run(content, piece) };
    },
    async close() {
      server.close();
      await remove();
    },
  };
}
