import { MAX_LINE_BYTES, type ServerLine } from '@tina/contract';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Home, newKey, openHome, OPERATOR, temporaryFolder } from '../testing/home.test-support.ts';
import { connectLines, type LineClient } from '../testing/line-client.test-support.ts';
import { serveCall } from './serve.ts';
import { listenOnSocket, type ServeCall, type SocketServer } from './socket-server.ts';

interface Served {
  readonly home: Home;
  readonly path: string;
  readonly server: SocketServer;
  readonly errors: unknown[];
  readonly connect: () => Promise<LineClient>;
}

/** A server on a home of its own; `serve` stands in front of the procedures where a test has its own. */
async function serve(own: Readonly<Record<string, ServeCall>> = {}): Promise<Served> {
  const home = await openHome();
  const path = join(temporaryFolder(), 'daemon.sock');
  const errors: unknown[] = [];
  const server = await listenOnSocket({
    path,
    owner: OPERATOR,
    serve: (name, input, context) =>
      (Object.hasOwn(own, name) ? own[name] : undefined)?.(name, input, context) ??
      serveCall(home.handlers, name, input, context),
    authenticate: async (token) => {
      const found = await home.controlPlane.node.authenticate(token);
      return found && { kind: 'agent', ...found };
    },
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => server.close());
  return { home, path, server, errors, connect: () => connectLines(path) };
}

function codeOf(line: ServerLine | undefined): string | null {
  return line && 'error' in line ? line.error.code : null;
}

describe('G30 the socket', () => {
  it('can be opened by its owner alone, whatever the mask of the process is, and leaves that alone', async () => {
    const before = process.umask(0o000);
    onTestFinished(() => {
      process.umask(before);
    });
    const { path, server } = await serve();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(process.umask(0o000)).toBe(0o000);
    await server.close();
    expect(existsSync(path)).toBe(false);
  });

  it('gives its mask to nothing else that is made meanwhile', async () => {
    const folder = temporaryFolder();
    const listening = listenOnSocket({
      path: join(folder, 'daemon.sock'),
      owner: OPERATOR,
      serve: () => Promise.resolve(null),
      authenticate: () => Promise.resolve(null),
      onError: () => undefined,
    });
    mkdirSync(join(folder, 'other'));
    const server = await listening;
    await server.close();
    expect(statSync(join(folder, 'other')).mode & 0o100).toBe(0o100);
  });

  it('takes the place of what a daemon that died left behind', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'daemon.sock');
    writeFileSync(path, 'no socket at all');
    const options = {
      path,
      owner: OPERATOR,
      serve: (): Promise<unknown> => Promise.resolve('here'),
      authenticate: () => Promise.resolve(null),
      onError: () => undefined,
    };
    const server = await listenOnSocket(options);
    expect(await (await connectLines(path)).ask('any', {})).toMatchObject({ result: 'here' });
    await server.close();
  });

  it('is made anew when it is deleted, or something else takes its place; who is connected stays', async () => {
    const { path, connect } = await serve();
    const early = await connect();
    for (const isReplaced of [false, true]) {
      rmSync(path);
      if (isReplaced) writeFileSync(path, 'no socket at all');
      await vi.waitFor(() => expect(statSync(path).isSocket()).toBe(true), 10_000);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(await (await connect()).ask('run.list', {})).toMatchObject({ result: [] });
      expect(await early.ask('run.list', {})).toMatchObject({ result: [] });
    }
  });

  it('that cannot be made is an error', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'missing', 'daemon.sock');
    const options = {
      path,
      owner: OPERATOR,
      serve: (): Promise<unknown> => Promise.resolve(null),
      authenticate: () => Promise.resolve(null),
      onError: () => undefined,
    };
    await expect(listenOnSocket(options)).rejects.toThrow(path);
  });
});

describe('a line', () => {
  it('may come in halves, or several at once, with blank ones between them', async () => {
    const { connect } = await serve();
    const client = await connect();
    const call = (id: number): string => `${JSON.stringify({ id, call: 'run.list', input: {} })}\n`;
    await client.raw(call(1).slice(0, 10));
    await client.raw(call(1).slice(10, 20));
    await client.raw(`${call(1).slice(20)}\n  \n${call(2)}${call(3).slice(0, 5)}`);
    await client.raw(call(3).slice(5));
    expect(new Set((await client.take(3)).map(({ id }) => id))).toEqual(new Set([1, 2, 3]));
  });

  it('may break a letter of several bytes', async () => {
    const { connect } = await serve();
    const client = await connect();
    const bytes = Buffer.from(`${JSON.stringify({ id: 1, call: 'run.get', input: { run: 'größer' } })}\n`);
    const cut = bytes.indexOf(Buffer.from('ö')) + 1;
    await client.raw(bytes.subarray(0, cut));
    await client.raw(bytes.subarray(cut));
    expect(await client.take(1)).toMatchObject([{ error: { message: 'There is no run größer.' } }]);
  });

  it.each<[what: string, line: string]>([
    ['is no JSON', 'hello'],
    ['is no object', '7'],
    ['has no id', '{"call":"run.list","input":{}}'],
    ['has an id that is no whole number', '{"id":1.5,"call":"run.list","input":{}}'],
    ['calls nothing', '{"id":1}'],
    ['has a token that is no text', '{"id":1,"call":"run.list","input":{},"token":7}'],
    ['cancels and calls at once', '{"id":1,"call":"run.list","input":{},"cancel":false}'],
  ])('that %s is refused, and its connection ended', async (_, line) => {
    const { connect } = await serve();
    const client = await connect();
    await client.raw(`${line}\n{"id":2,"call":"run.list","input":{}}\n`);
    await client.closed();
    expect(client.lines).toMatchObject([{ id: 0, error: { code: 'not_a_call' } }]);
  });

  it('of more than 8 MiB is refused, whether it ends or not, and nothing more is kept of it', async () => {
    const { connect } = await serve();
    for (const end of ['', '\n']) {
      const client = await connect();
      const piece = Buffer.alloc(1024 * 1024, 'x');
      for (let sent = 0; sent < MAX_LINE_BYTES + 1; sent += piece.length) void client.raw(piece);
      await client.raw(`${end}{"id":2,"call":"run.list","input":{}}\n`);
      await client.closed();
      expect(client.lines.map(codeOf)).toEqual(['line_too_long']);
    }
  });

  it('of nearly 8 MiB is read', async () => {
    const { connect } = await serve();
    const client = await connect();
    const answer = await client.ask('run.get', { run: 'x'.repeat(MAX_LINE_BYTES - 1_000) });
    expect(codeOf(answer)).toBe('no_such_run');
  });

  it('that would be longer than a client reads is answered with an error instead', async () => {
    const { connect } = await serve({ huge: () => Promise.resolve('ä'.repeat(MAX_LINE_BYTES / 2)) });
    const client = await connect();
    expect(codeOf(await client.ask('huge', {}))).toBe('answer_too_large');
    expect(await client.ask('run.list', {})).toMatchObject({ result: [] });
  });
});

describe('a client that is refused', () => {
  it('and does not go is left after a second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { path } = await serve();
    const socket = createConnection({ path, allowHalfOpen: true });
    socket.write('hello\n');
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
    socket.resume();
    const closed = once(socket, 'close');
    await vi.advanceTimersByTimeAsync(1_000);
    socket.end();
    await closed;
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0));
  });
});

describe('a call', () => {
  it('of nothing that there is, also of what every object has, is refused', async () => {
    const { connect } = await serve();
    const client = await connect();
    for (const name of ['run.fly', 'toString', '__proto__', 'constructor', ''])
      expect(codeOf(await client.ask(name, {}))).toBe('unknown_call');
  });

  it('G31 with bad input names the field, and reaches nobody', async () => {
    const { connect, home } = await serve();
    const client = await connect();
    const answer = await client.ask('run.create', { idempotencyKey: 'short', designPath: 7 });
    expect(answer).toMatchObject({
      error: {
        code: 'bad_input',
        message: expect.stringContaining('run.create cannot be called like this: idempotencyKey: ') as string,
        place: { field: 'idempotencyKey' },
      },
    });
    expect(JSON.stringify(answer)).toContain('designText: ');
    expect(codeOf(await client.ask('run.list', { limit: 0 }))).toBe('bad_input');
    expect(codeOf(await client.ask('run.list', { surprise: true }))).toBe('bad_input');
    expect(codeOf(await client.ask('run.list', undefined))).toBe('bad_input');
    expect(await home.store.readActions({ runId: null, after: 0, fromEvent: 0, limit: 10 })).toEqual([]);
  });

  it('is answered beside a thousand others', async () => {
    const { connect } = await serve();
    const client = await connect();
    const ids = Array.from({ length: 1_000 }, (_, index) => index + 1);
    client.send(...ids.map((id) => ({ id, call: 'run.list', input: {} })));
    const answers = await client.take(1_000);
    expect(answers.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(ids);
    expect(answers.every((answer) => 'result' in answer)).toBe(true);
  });

  it('with the id of one that is under way ends the connection', async () => {
    const { connect } = await serve();
    const client = await connect();
    const call = { id: 1, call: 'event.watch', input: {} };
    client.send(call, call);
    await client.closed();
    expect(client.lines.map(codeOf)).toContain('id_in_use');
  });

  it('too many is the end of a client that reads no answers', async () => {
    const { connect } = await serve({ wait: () => Promise.withResolvers<never>().promise });
    const client = await connect();
    client.send(...Array.from({ length: 10_001 }, (_, id) => ({ id, call: 'wait', input: {} })));
    await client.closed();
    expect(client.lines.map(codeOf)).toEqual(['too_many_calls']);
  });

  it('answers with null where a procedure has nothing to say', async () => {
    const { connect } = await serve({ nothing: () => Promise.resolve(undefined) });
    expect(await (await connect()).ask('nothing', {})).toMatchObject({ result: null });
  });

  it('that meets a mistake of ours says so, and the log gets it', async () => {
    const { connect, errors } = await serve({
      bug: () => Promise.reject(new Error('undefined is not a function')),
      odd: () => Promise.reject('a text'),
      full: () => Promise.reject(Object.assign(new Error('no room'), { code: 'disk_full', next: ['df -h'] })),
    });
    const client = await connect();
    expect(await client.ask('bug', {})).toMatchObject({
      error: { code: 'internal_error', message: 'undefined is not a function' },
    });
    expect(await client.ask('full', {})).toMatchObject({
      error: { code: 'disk_full', message: 'no room', next: ['df -h'] },
    });
    expect(codeOf(await client.ask('odd', {}))).toBe('internal_error');
    expect(errors).toHaveLength(3);
  });
});

describe('G29 a token', () => {
  it('of nobody is refused', async () => {
    const { connect } = await serve();
    expect(codeOf(await (await connect()).ask('run.list', {}, 'made up'))).toBe('bad_token');
  });

  it('makes its caller the agent of its attempt, who may report and nothing else', async () => {
    const { connect, home } = await serve();
    home.node.script.turn = () => null;
    await home.startRun();
    await home.node.work();
    const token = [...home.node.starts.values()][0]?.agent?.token ?? '';
    const client = await connect();
    expect(codeOf(await client.ask('run.list', {}, token))).toBe('not_allowed');
    const report = { kind: 'validation', status: 'pass', text: 'fine' };
    expect(codeOf(await client.ask('agent.report', { report }))).toBe('not_allowed');
    expect(await client.ask('agent.report', { report }, token)).toMatchObject({ result: { accepted: true } });
  });
});

describe('a subscription', () => {
  it('streams until it is cancelled, and its id is free then', async () => {
    const { connect, home } = await serve();
    const run = await home.startRun();
    const client = await connect();
    const count = (await home.call('event.list', { run })).length;
    client.send({ id: 1, call: 'event.watch', input: { run } });
    await client.take(count);
    client.send({ id: 1, cancel: true }, { id: 9, cancel: true });
    expect(await client.take(1)).toEqual([{ id: 1, end: true }]);
    client.send({ id: 1, call: 'event.watch', input: { run, after: count - 1 } });
    expect(await client.take(1)).toMatchObject([{ id: 1, item: { number: count } }]);
  });

  it('that fails ends with the error; one that was left does not', async () => {
    const left = vi.fn<() => void>();
    const { connect } = await serve({
      async *failing() {
        yield 1;
        throw new Error('no more');
      },
      async *waiting(_, __, { signal }) {
        yield 1;
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve());
        });
        left();
        throw new Error('nobody listens');
      },
    });
    const client = await connect();
    client.send({ id: 1, call: 'failing', input: {} });
    expect((await client.take(2)).map(codeOf)).toEqual([null, 'internal_error']);
    client.send({ id: 2, call: 'waiting', input: {} });
    await client.take(1);
    client.send({ id: 2, cancel: true });
    expect(await client.take(1)).toEqual([{ id: 2, end: true }]);
    expect(left).toHaveBeenCalledOnce();
  });

  it('of a client that vanishes in the middle ends, whether it was read or not', async () => {
    const ended = vi.fn<(after: number) => void>();
    const { connect } = await serve({
      async *endless(_, __, { signal }) {
        let sent = 0;
        try {
          while (!signal.aborted) {
            yield 'x'.repeat(100_000);
            sent += 1;
          }
        } finally {
          ended(sent);
        }
      },
    });
    const client = await connect();
    client.socket.pause();
    client.send({ id: 1, call: 'endless', input: {} });
    await vi.waitFor(() => expect(client.socket.readableLength).toBeGreaterThan(0));
    client.socket.destroy();
    await vi.waitFor(() => expect(ended).toHaveBeenCalledOnce());
    // What does not fit into the buffers between the two was never made.
    expect(ended.mock.calls[0]?.[0]).toBeLessThan(100);
  });

  it('that is not read stops no other client, and no other subscription of a client that reads', async () => {
    const made = { count: 0 };
    const { connect, home } = await serve({
      async *endless() {
        for (;;) {
          made.count += 1;
          yield 'x'.repeat(10_000);
        }
      },
    });
    const run = await home.startRun();
    const stalled = await connect();
    stalled.socket.pause();
    stalled.send({ id: 1, call: 'endless', input: {} }, { id: 2, call: 'endless', input: {} });
    const reader = await connect();
    const count = (await home.call('event.list', { run })).length;
    reader.send({ id: 1, call: 'event.watch', input: { run } });
    expect(await reader.take(count)).toHaveLength(count);
    await home.call('run.pause', { run, idempotencyKey: newKey() });
    expect(await reader.take(1)).toMatchObject([{ item: { type: 'run.paused' } }]);
    const before = made.count;
    expect(await reader.ask('run.list', {})).toMatchObject({ result: [{ id: run }] });
    expect(made.count).toBe(before);
    expect(made.count).toBeLessThan(200);
  });

  it('gives a slow reader everything in the end', async () => {
    const { connect } = await serve({
      async *numbers() {
        for (let number = 0; number < 2_000; number += 1) yield { number, text: 'x'.repeat(1_000) };
      },
    });
    const client = await connect();
    client.socket.pause();
    client.send({ id: 1, call: 'numbers', input: {} });
    await vi.waitFor(() => expect(client.socket.readableLength).toBeGreaterThan(0));
    client.socket.resume();
    const lines = await client.take(2_001);
    expect(
      lines.slice(0, -1).map((line) => ('item' in line ? (line.item as { number: number }).number : -1)),
    ).toEqual(Array.from({ length: 2_000 }, (_, number) => number));
    expect(lines.at(-1)).toEqual({ id: 1, end: true });
  });
});

describe('a client that asks and does not read', () => {
  it('is not read from any more until it takes its answers', async () => {
    const asked = vi.fn<() => void>();
    const answer = 'x'.repeat(1024 * 1024);
    const { connect } = await serve({
      large: () => {
        asked();
        return Promise.resolve(answer);
      },
    });
    const client = await connect();
    client.socket.pause();
    // Each call is so long that few of them fit into one piece that the server reads.
    const filler = 'y'.repeat(20_000);
    client.send(...Array.from({ length: 300 }, (_, id) => ({ id, call: 'large', input: filler })));
    await vi.waitFor(() => expect(asked.mock.calls.length).toBeGreaterThan(8));
    const other = await connect();
    for (let round = 0; round < 300; round += 1) await other.ask('run.list', {});
    expect(asked.mock.calls.length).toBeLessThan(50);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    client.socket.resume();
    expect(await client.take(300)).toHaveLength(300);
    client.socket.destroy();
  });
});

describe('the server closes', () => {
  it('with an end to every subscription, the answers to what is under way, and a word to what comes too late', async () => {
    const gate = Promise.withResolvers<string>();
    const { connect, server, home, path } = await serve({ slow: () => gate.promise });
    const run = await home.startRun();
    const client = await connect();
    const count = (await home.call('event.list', { run })).length;
    client.send({ id: 1, call: 'event.watch', input: { run } }, { id: 2, call: 'slow', input: {} });
    await client.take(count);
    const closing = server.close();
    expect(await client.take(1)).toEqual([{ id: 1, end: true }]);
    client.send({ id: 3, call: 'run.list', input: {} });
    expect(await client.take(1)).toMatchObject([{ id: 3, error: { code: 'shutting_down' } }]);
    gate.resolve('done');
    expect(await client.take(1)).toEqual([{ id: 2, result: 'done' }]);
    await client.closed();
    await closing;
    expect(existsSync(path)).toBe(false);
  });

  it('although a client does not take its answer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { connect, server } = await serve({ large: () => Promise.resolve('x'.repeat(4 * 1024 * 1024)) });
    const client = await connect();
    client.socket.pause();
    client.send({ id: 1, call: 'large', input: {} });
    await client.raw('\n');
    const closing = server.close();
    await vi.advanceTimersByTimeAsync(2_000);
    await closing;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('at once when nobody is there, and twice does no harm', async () => {
    const { server } = await serve();
    await server.close();
    await expect(server.close()).resolves.toBeUndefined();
  });
});

describe('G30 what is logged', () => {
  it('holds no input and no token of a call that is refused', async () => {
    const { connect, errors } = await serve();
    const client = await connect();
    const secret = 'sk-very-secret';
    await client.ask('run.list', { token: secret, limit: secret }, secret);
    const refused = await client.ask('run.list', { limit: secret });
    await client.ask('host.connect', { token: secret, attemptId: 7 });
    expect(JSON.stringify(refused)).not.toContain(secret);
    expect(JSON.stringify(errors)).not.toContain(secret);
    expect(readFileSync(import.meta.filename, 'utf8')).toContain(secret);
  });
});
