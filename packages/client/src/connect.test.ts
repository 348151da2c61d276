import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_LINE_BYTES, TinaError, UnreachableError, UsageError } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect, newIdempotencyKey, type Client } from './index.ts';

interface Line {
  readonly id: number;
  readonly call?: string;
  readonly input?: unknown;
  readonly token?: string;
  readonly cancel?: true;
}

let directory: string;
let socketPath: string;
let server: Server | null;
let client: Client | null;
let sockets: Socket[];
let received: Line[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tina-client-'));
  socketPath = join(directory, 'd.sock');
  server = null;
  client = null;
  sockets = [];
  received = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  client?.close();
  for (const socket of sockets) socket.destroy();
  server?.close();
  rmSync(directory, { recursive: true });
});

/** A server that gives each line to `answer` as it comes. */
async function serve(answer: (line: Line, socket: Socket) => void): Promise<void> {
  server = createServer((socket) => {
    sockets.push(socket);
    let rest = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      rest += chunk.toString();
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) {
        const line = JSON.parse(text) as Line;
        received.push(line);
        answer(line, socket);
      }
    });
  });
  await new Promise<void>((resolve) => {
    server?.listen(socketPath, resolve);
  });
}

async function connected(token?: string): Promise<Client> {
  client = await connect({ socketPath, ...(token === undefined ? {} : { token }) });
  return client;
}

const status = (client: Client, timeoutMs?: number): Promise<unknown> =>
  client.call('daemon.status', {}, timeoutMs === undefined ? {} : { timeoutMs });

function send(socket: Socket, value: unknown): void {
  socket.write(`${JSON.stringify(value)}\n`);
}

async function failure(promise: Promise<unknown>): Promise<TinaError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TinaError)) throw new Error(`expected a TinaError, got ${String(error)}`);
  return error;
}

describe('connect', () => {
  it('says that no daemon is there when there is no socket', async () => {
    const error = await failure(connect({ socketPath }));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toMatchObject({
      code: 'daemon_absent',
      place: { file: socketPath },
      next: ['tina daemon start'],
    });
  });

  it('says the same of a socket that nobody listens on', async () => {
    writeFileSync(socketPath, '');
    expect((await failure(connect({ socketPath }))).code).toBe('daemon_absent');
  });

  it('G30 refuses the socket of another user', async () => {
    await serve(() => {});
    vi.spyOn(process, 'getuid').mockReturnValue(424242);
    const error = await failure(connect({ socketPath }));
    expect(error.code).toBe('socket_owner');
    expect(error.message).toContain('you are 424242');
    expect(sockets).toEqual([]);
  });

  it('tells other failures apart from an absent daemon', async () => {
    const error = await failure(connect({ socketPath: join(directory, 'x'.repeat(300)) }));
    expect(error).toMatchObject({
      code: 'unreachable',
      next: [expect.stringContaining('ls -l'), 'tina daemon status'],
    });
  });
});

describe('call', () => {
  it('sends name, input and token, and gives the result', async () => {
    await serve((line, socket) => send(socket, { id: line.id, result: { pid: 7 } }));
    expect(await status(await connected('secret'))).toEqual({ pid: 7 });
    expect(received).toEqual([{ id: 1, call: 'daemon.status', input: {}, token: 'secret' }]);
  });

  it('matches overlapping answers by id', async () => {
    const waiting: Line[] = [];
    await serve((line, socket) => {
      waiting.push(line);
      if (waiting.length === 2)
        for (const one of waiting.toReversed()) send(socket, { id: one.id, result: one.id });
    });
    const client = await connected();
    expect(await Promise.all([status(client), status(client)])).toEqual([1, 2]);
    expect(received[0]).not.toHaveProperty('token');
  });

  it("throws the daemon's refusal with its fields", async () => {
    const data = {
      code: 'no_run',
      message: 'No such run.',
      place: { file: 'a', line: 1, column: null, field: null },
      details: ['d'],
      next: ['tina runs'],
    };
    await serve((line, socket) => send(socket, { id: line.id, error: data }));
    expect((await failure(status(await connected()))).toData()).toEqual(data);
  });

  it('joins an answer that comes in pieces, and separates those that come together', async () => {
    await serve((line, socket) => {
      const text = Buffer.from(
        `${JSON.stringify({ id: line.id, result: 'ä€😀' })}\n${JSON.stringify({ id: 99, result: 1 })}\n`,
      );
      for (const byte of text) socket.write(Buffer.from([byte]));
    });
    const client = await connected();
    expect(await status(client)).toBe('ä€😀');
    expect(await status(client)).toBe('ä€😀');
  });

  it.each([
    ['no JSON', 'hello\n'],
    ['no object', '7\n'],
    ['no id', '{"result":1}\n'],
    ['an id that is no number', '{"id":"1","result":1}\n'],
    ['nothing answered', '{"id":1}\n'],
    ['two answers in one', '{"id":1,"result":1,"end":true}\n'],
    ['an error that is none', '{"id":1,"error":"bad"}\n'],
  ])('gives up on a line with %s', async (_what, line) => {
    await serve((_, socket) => socket.write(line));
    const client = await connected();
    const error = await failure(status(client));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.code).toBe('bad_answer');
    expect((await failure(status(client))).code).toBe('bad_answer');
  });

  it('gives up on a line without end', async () => {
    await serve((_, socket) => socket.write('x'.repeat(MAX_LINE_BYTES + 1)));
    const error = await failure(status(await connected()));
    expect(error).toMatchObject({ code: 'bad_answer', message: expect.stringContaining('too long') });
  });

  it('takes an answer of almost the longest line', async () => {
    const result = 'x'.repeat(MAX_LINE_BYTES - 100);
    await serve((line, socket) => send(socket, { id: line.id, result }));
    expect(await status(await connected())).toBe(result);
  });

  it('does not send a request that is too long, and stays usable', async () => {
    await serve((line, socket) => send(socket, { id: line.id, result: 1 }));
    const client = await connected();
    const run = '€'.repeat(MAX_LINE_BYTES / 3);
    const error = await failure(client.call('run.get', { run }));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.code).toBe('request_too_large');
    expect(await status(client)).toBe(1);
    expect(received).toHaveLength(1);
  });

  it.each([
    ['before it answers', (socket: Socket) => socket.destroy()],
    ['in the middle of its answer', (socket: Socket) => socket.end('{"id":1,"resu')],
  ])('says that the connection was lost when the daemon dies %s', async (_when, die) => {
    await serve((_, socket) => die(socket));
    const client = await connected();
    const errors = await Promise.all([failure(status(client)), failure(status(client))]);
    for (const error of errors) {
      expect(error).toBeInstanceOf(UnreachableError);
      expect(error.code).toBe('connection_lost');
    }
    expect((await failure(status(client))).code).toBe('connection_lost');
  });

  it('gives up when no answer comes in time, and ignores it when it comes late', async () => {
    await serve((line, socket) => {
      if (line.id === 2) for (const id of [1, 2]) send(socket, { id, result: id });
    });
    const client = await connected();
    const error = await failure(status(client, 5));
    expect(error).toMatchObject({
      code: 'timeout',
      message: 'The daemon did not answer daemon.status within 0.005 s.',
    });
    expect(await status(client)).toBe(2);
  });

  it('fails what is under way when it is closed', async () => {
    await serve(() => {});
    const client = await connected();
    const pending = failure(status(client));
    client.close();
    expect((await pending).code).toBe('connection_closed');
    expect((await failure(status(client))).code).toBe('connection_closed');
  });
});

describe('subscribe', () => {
  const events = (client: Client, options = {}): AsyncIterable<{ number: number }> =>
    client.subscribe('event.watch', { run: 'r1' }, options);

  it('yields every item until the daemon ends the stream', async () => {
    await serve(({ id }, socket) => {
      for (const number of [1, 2, 3]) send(socket, { id, item: { number } });
      send(socket, { id, end: true });
    });
    const numbers = [];
    for await (const { number } of events(await connected())) numbers.push(number);
    expect(numbers).toEqual([1, 2, 3]);
    expect(received).toEqual([{ id: 1, call: 'event.watch', input: { run: 'r1' } }]);
  });

  it('cancels when the loop is left', async () => {
    await serve(({ id, cancel }, socket) => {
      if (cancel === undefined) send(socket, { id, item: { number: 1 } });
    });
    for await (const _ of events(await connected())) break;
    await vi.waitFor(() => expect(received.at(-1)).toEqual({ id: 1, cancel: true }));
  });

  it('ends without an error when its signal aborts, also before it begins', async () => {
    await serve(({ id, cancel }, socket) => {
      if (cancel === undefined) send(socket, { id, item: { number: 1 } });
    });
    const client = await connected();
    const controller = new AbortController();
    const numbers = [];
    for await (const { number } of events(client, { signal: controller.signal })) {
      numbers.push(number);
      controller.abort();
    }
    for await (const { number } of events(client, { signal: controller.signal })) numbers.push(number);
    expect(numbers).toEqual([1]);
    await vi.waitFor(() => expect(received.filter((line) => line.cancel)).toHaveLength(2));
  });

  it('keeps only the latest item when told to', async () => {
    await serve(({ id, call }, socket) => {
      if (call !== 'event.watch') return send(socket, { id, result: null });
      for (const number of [1, 2, 3]) send(socket, { id, item: { number } });
      send(socket, { id, end: true });
    });
    const client = await connected();
    const stream = events(client, { keep: 'latest' });
    await status(client);
    const numbers = [];
    for await (const { number } of stream) numbers.push(number);
    expect(numbers).toEqual([3]);
  });

  it('yields what came before the daemon died, then throws', async () => {
    await serve(({ id }, socket) => {
      send(socket, { id, item: { number: 1 } });
      socket.end();
    });
    const numbers: number[] = [];
    const error = await failure(
      (async () => {
        for await (const { number } of events(await connected())) numbers.push(number);
      })(),
    );
    expect(numbers).toEqual([1]);
    expect(error.code).toBe('connection_lost');
  });

  it('throws a refusal', async () => {
    await serve(({ id }, socket) =>
      send(socket, { id, error: { code: 'no_run', message: 'No.', place: null } }),
    );
    const client = await connected();
    const error = await failure(events(client)[Symbol.asyncIterator]().next());
    expect(error).toMatchObject({ code: 'no_run', details: [], next: [] });
  });

  it('throws at once on a closed connection', async () => {
    await serve(() => {});
    const client = await connected();
    client.close();
    const stream = events(client)[Symbol.asyncIterator]();
    expect((await failure(stream.next())).code).toBe('connection_closed');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});

it('makes keys that differ and fit the contract', () => {
  const keys = new Set(Array.from({ length: 100 }, newIdempotencyKey));
  expect(keys.size).toBe(100);
  for (const key of keys) expect(key.length).toBeGreaterThanOrEqual(8);
});
