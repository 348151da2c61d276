import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostHello, HostOrder } from '@tina/contract';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { readProcessIdentity } from '../../process/index.ts';
import { systemPlatform } from '../platform/system-platform.ts';
import { FakeNodeApi } from '../testing/fake-node-api.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import type { HostChannel, HostFrameInput } from './host-channel.ts';
import { HostRegistry } from './host-registry.ts';

interface TestChannel extends HostChannel {
  readonly orders: HostOrder[];
  isEnded: boolean;
}

function channel(): TestChannel {
  const made: TestChannel = {
    orders: [],
    isEnded: false,
    send: (order) => void made.orders.push(order),
    end: () => void (made.isEnded = true),
  };
  return made;
}

/** A process that plays the host; this one writes its `host.json`. */
async function setUp(attemptId = 'r1-a1', daemonEnvironment: Readonly<Record<string, string>> | null = null) {
  const attemptsDir = mkdtempSync(join(tmpdir(), 'tina-hosts-'));
  onTestFinished(() => rmSync(attemptsDir, { recursive: true, force: true }));
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  onTestFinished(kill);
  const identity = (await readProcessIdentity(child.pid ?? 0))!;
  mkdirSync(join(attemptsDir, attemptId));
  const hostFile = join(attemptsDir, attemptId, 'host.json');
  writeFileSync(hostFile, JSON.stringify(identity));
  const api = new FakeNodeApi();
  api.owners.set('secret', { runId: 'r1', attemptId, epoch: 3 });
  const clock = new ManualClock();
  const gone: string[] = [];
  const parked: string[] = [];
  const hosts = new HostRegistry({
    ...systemPlatform,
    api,
    attemptsDir,
    clock,
    log: () => {},
    daemonEnvironment,
    onGone: (attempt) => void gone.push(attempt.attemptId),
    onParked: () => void parked.push('parked'),
  });
  hosts.open();
  const hello: HostHello = {
    attemptId,
    epoch: 3,
    token: 'secret',
    hostPid: identity.pid,
    agentVersion: '1',
    workingDirectory: '/',
    branch: 'b',
    session: null,
    turn: 0,
  };
  const expectIt = (stage: 'awaited' | 'running') =>
    hosts.expect({ attemptId, epoch: 3, stage, isParked: false });
  const frame = (
    sequence: number,
    content: HostFrameInput['frame'],
    more: { epoch?: number; token?: string } = {},
  ) => hosts.frame({ attemptId, epoch: more.epoch ?? 3, sequence, frame: content }, more.token ?? 'secret');
  return { api, clock, gone, parked, hosts, hello, identity, hostFile, kill, expectIt, frame };
}

const NEVER = new AbortController().signal;
const ENDED: HostFrameInput['frame'] = {
  kind: 'turn-ended',
  turn: 1,
  outcome: { kind: 'completed', report: { kind: 'work', summary: 'done' }, finalMessage: '', usage: null },
};
const BEAT: HostFrameInput['frame'] = { kind: 'heartbeat', lastProgressAt: 0 };

describe('a host that says hello', () => {
  it('gets no answer before its start is recorded', async () => {
    const { hosts, hello, expectIt } = await setUp();
    const attempt = expectIt('awaited');
    const there = channel();
    await hosts.connect(hello, there);
    expect(await attempt.hello(NEVER)).toEqual(hello);
    expect(there.orders).toEqual([]);
    attempt.accept();
    attempt.accept();
    expect(there.orders).toEqual([{ kind: 'accepted' }]);
  });

  it('G13 G30 is told how to start a daemon before its agent can be there, and not any more', async () => {
    const environment = { SECRET_OF_THE_DAEMON: 'hidden' };
    const { hosts, hello, expectIt } = await setUp('r1-a1', environment);
    const attempt = expectIt('awaited');
    const [first, second] = [channel(), channel()];
    await hosts.connect(hello, first);
    attempt.accept();
    expect(first.orders).toEqual([{ kind: 'daemon-environment', environment }, { kind: 'accepted' }]);
    await hosts.connect(hello, second);
    expect(second.orders).toEqual([{ kind: 'accepted' }]);
  });

  it('goes on at once when its attempt is running', async () => {
    const { hosts, hello, expectIt } = await setUp();
    expectIt('running');
    const there = channel();
    await hosts.connect(hello, there);
    expect(there.orders).toEqual([{ kind: 'accepted' }]);
  });

  it('waits until it is known which attempts are held', async () => {
    const { api, clock, hello } = await setUp();
    const options = {
      ...systemPlatform,
      api,
      attemptsDir: '/nowhere',
      clock,
      log: () => {},
      onGone: () => {},
      onParked: () => {},
    };
    const hosts = new HostRegistry(options);
    let answer = 'none';
    const connecting = hosts.connect(hello, channel()).catch(() => void (answer = 'refused'));
    expect(answer).toBe('none');
    hosts.open();
    await connecting;
    expect(answer).toBe('refused');
  });

  it.each<[string, Partial<HostHello>]>([
    ['G10 with the epoch of an earlier claim', { epoch: 2 }],
    ['with a token that nobody has', { token: 'guessed' }],
    ['for an attempt that its token is not for', { attemptId: 'r1-a2' }],
    ['from a process that host.json does not name', { hostPid: process.pid }],
  ])('is refused %s', async (_, change) => {
    const { hosts, hello, expectIt } = await setUp();
    expectIt('running');
    const refused = hosts.connect({ ...hello, ...change }, channel());
    await expect(refused).rejects.toMatchObject({ code: 'host_refused' });
  });

  it.each([`r1-a1${'('.repeat(500)}`, '../r1-a1', 'r1-a1\0'])(
    'G10 is refused with an id that is not the one of its token, which is no part of any path: %j',
    async (attemptId) => {
      const { hosts, hello } = await setUp();
      await expect(hosts.connect({ ...hello, attemptId }, channel())).rejects.toMatchObject({
        code: 'host_refused',
        message: 'The agent host was refused: its token is not one of this attempt.',
      });
    },
  );

  it('is refused when nothing is known of its attempt, and when the attempt is over', async () => {
    const { hosts, hello, expectIt } = await setUp();
    await expect(hosts.connect(hello, channel())).rejects.toMatchObject({ code: 'host_refused' });
    expectIt('running');
    hosts.release('r1-a1');
    await expect(hosts.connect(hello, channel())).rejects.toMatchObject({ code: 'host_refused' });
  });

  it('is refused when it claims a pid whose process has ended', async () => {
    const { hosts, hello, expectIt, kill } = await setUp();
    expectIt('running');
    await kill();
    await expect(hosts.connect(hello, channel())).rejects.toMatchObject({ code: 'host_refused' });
  });

  it('G09 takes the place of its own earlier connection, and of no other', async () => {
    const { hosts, hello, hostFile, expectIt } = await setUp();
    const attempt = expectIt('running');
    const [first, second, third] = [channel(), channel(), channel()];
    const connection = await hosts.connect(hello, first);
    await hosts.connect(hello, second);
    expect(first.isEnded).toBe(true);
    connection.closed();
    expect(attempt.isHeard).toBe(true);
    const other = (await readProcessIdentity(process.pid))!;
    writeFileSync(hostFile, JSON.stringify(other));
    const refused = hosts.connect({ ...hello, hostPid: other.pid }, third);
    await expect(refused).rejects.toMatchObject({ code: 'host_refused' });
    expect(second.isEnded).toBe(false);
  });

  it('is asked to come back when the daemon is ending', async () => {
    const { hosts, hello, expectIt, frame } = await setUp();
    expectIt('running');
    hosts.close();
    await expect(hosts.connect(hello, channel())).rejects.toMatchObject({ code: 'shutting_down' });
    await expect(frame(1, BEAT)).rejects.toMatchObject({ code: 'shutting_down' });
  });
});

describe('a frame', () => {
  it('is dealt with once, whatever its host sends again', async () => {
    const { api, hosts, hello, expectIt, frame } = await setUp();
    expectIt('running');
    await hosts.connect(hello, channel());
    await Promise.all([frame(1, ENDED), frame(1, ENDED)]);
    await frame(1, ENDED);
    expect(api.turns).toMatchObject([{ attemptId: 'r1-a1', epoch: 3, turn: 1 }]);
    await frame(2, { kind: 'warning', message: 'slow' });
    expect(api.warnings).toEqual(['slow']);
  });

  it('is to be sent again when the control plane could not be told', async () => {
    const { api, hosts, hello, expectIt, frame } = await setUp();
    expectIt('running');
    await hosts.connect(hello, channel());
    api.failures.push(new Error('the store is away'));
    await expect(frame(1, ENDED)).rejects.toThrow('the store is away');
    await frame(1, ENDED);
    expect(api.turns).toHaveLength(1);
  });

  it('that is stale need not be sent again', async () => {
    const { api, hosts, hello, expectIt, frame } = await setUp();
    expectIt('running');
    await hosts.connect(hello, channel());
    api.answerTurn = () => ({ ok: false, code: 'stale_turn', message: 'it is over' });
    await frame(1, ENDED);
    await frame(1, ENDED);
    expect(api.turns).toHaveLength(1);
  });

  it.each([
    ['G10 with a stale epoch', { epoch: 2 }],
    ['with a token that did not say hello', { token: 'secret2' }],
  ])('is refused %s', async (_, more) => {
    const { api, hosts, hello, expectIt, frame } = await setUp();
    expectIt('running');
    await hosts.connect(hello, channel());
    await expect(frame(1, ENDED, more)).rejects.toMatchObject({ code: 'host_refused' });
    expect(api.turns).toEqual([]);
  });

  it('is refused from a host that never said hello', async () => {
    const { expectIt, frame } = await setUp();
    expectIt('running');
    await expect(frame(1, BEAT)).rejects.toMatchObject({ code: 'host_refused' });
  });

  it('G15 of a turn that met a limit parks its agent', async () => {
    const { hosts, hello, expectIt, frame, parked } = await setUp();
    const attempt = expectIt('running');
    await hosts.connect(hello, channel());
    const error = { kind: 'limit', message: 'later', resetAt: null } as const;
    await frame(1, { kind: 'turn-ended', turn: 1, outcome: { kind: 'failed', error, usage: null } });
    expect([attempt.isParked, parked]).toEqual([true, ['parked']]);
    const resumed = attempt.beginTurn({ kind: 'begin-turn', turn: 2, message: 'go on' }, NEVER);
    await frame(2, { kind: 'agent-started', turn: 2, agentPid: 5, agentStartTime: '' });
    await resumed;
    expect(attempt.isParked).toBe(false);
  });

  it('of its agent says which processes are left to end', async () => {
    const { hosts, hello, identity, expectIt, frame } = await setUp();
    expectIt('running');
    await hosts.connect(hello, channel());
    await frame(1, { kind: 'agent-started', turn: 1, agentPid: 77, agentStartTime: 'then' });
    const agent = { pid: 77, startTime: 'then' };
    expect(hosts.release('r1-a1')).toMatchObject({ processGroups: [identity, agent], isAgentResting: false });
  });

  it('says of an agent whether it has ended its last turn', async () => {
    const { hosts, hello, expectIt, frame } = await setUp();
    const attempt = expectIt('running');
    await hosts.connect(hello, channel());
    await frame(1, { kind: 'agent-started', turn: 1, agentPid: 77, agentStartTime: 'then' });
    attempt.turnEnded(1);
    expect(hosts.release('r1-a1')?.isAgentResting).toBe(true);
  });

  it('takes an agent for at work that was told to go on', async () => {
    const { hosts, hello, expectIt, frame } = await setUp();
    const attempt = expectIt('running');
    await hosts.connect(hello, channel());
    await frame(1, { kind: 'agent-started', turn: 1, agentPid: 77, agentStartTime: 'then' });
    attempt.turnEnded(1);
    const giveUp = new AbortController();
    const begun = attempt.beginTurn({ kind: 'begin-turn', turn: 2, message: 'go on' }, giveUp.signal);
    giveUp.abort(new Error('given up'));
    await expect(begun).rejects.toThrow('given up');
    expect(hosts.release('r1-a1')?.isAgentResting).toBe(false);
  });
});

describe('a turn that is ordered', () => {
  it('is told again to a host that came back, and not to one that has begun it', async () => {
    const { hosts, hello, expectIt } = await setUp();
    const attempt = expectIt('running');
    const [first, second] = [channel(), channel()];
    const connection = await hosts.connect({ ...hello, turn: 1 }, first);
    const order = { kind: 'begin-turn', turn: 2, message: 'again' } as const;
    const begun = attempt.beginTurn(order, NEVER);
    connection.closed();
    await hosts.connect({ ...hello, turn: 1 }, second);
    expect([first.orders, second.orders]).toEqual([
      [{ kind: 'accepted' }, order],
      [{ kind: 'accepted' }, order],
    ]);
    await hosts.connect({ ...hello, turn: 2 }, channel());
    await begun;
    await attempt.beginTurn(order, NEVER);
  });

  it('is given up with its job, with its attempt, and with its host', async () => {
    const { hosts, hello, clock, kill, gone, expectIt } = await setUp();
    const attempt = expectIt('running');
    const order = { kind: 'begin-turn', turn: 2, message: 'again' } as const;
    const aborting = new AbortController();
    const aborted = attempt.beginTurn(order, aborting.signal);
    aborting.abort(new Error('withdrawn'));
    await expect(aborted).rejects.toThrow('withdrawn');

    const connection = await hosts.connect(hello, channel());
    const lost = attempt.beginTurn(order, NEVER);
    lost.catch(() => undefined);
    await kill();
    connection.closed();
    clock.advance(50);
    await expect(lost).rejects.toMatchObject({ code: 'host_lost' });
    expect(gone).toEqual(['r1-a1']);
    hosts.release('r1-a1');
    await expect(attempt.beginTurn(order, NEVER)).rejects.toMatchObject({ code: 'host_lost' });
  });
});

describe('a connection that ends', () => {
  it('says nothing while the host lives: it comes back, or its lease ends', async () => {
    const { hosts, hello, clock, gone, kill, expectIt } = await setUp();
    const attempt = expectIt('running');
    const connection = await hosts.connect(hello, channel());
    connection.closed();
    expect(attempt.isHeard).toBe(false);
    clock.advance(50);
    await vi.waitFor(() => expect(clock.waiting).toBe(1));
    expect(gone).toEqual([]);
    // It dies while it is away.
    await kill();
    clock.advance(1_000);
    await vi.waitFor(() => expect(gone).toEqual(['r1-a1']));
    expect(clock.waiting).toBe(0);
  });

  it('tells of a host that ended before its start was recorded once it is', async () => {
    const { hosts, hello, clock, gone, kill, expectIt } = await setUp();
    const attempt = expectIt('awaited');
    const connection = await hosts.connect(hello, channel());
    await kill();
    connection.closed();
    clock.advance(50);
    await expect(attempt.hello(NEVER)).rejects.toMatchObject({ code: 'host_lost' });
    expect(gone).toEqual([]);
    attempt.accept();
    expect(gone).toEqual(['r1-a1']);
  });
});

describe('an attempt that is expected again', () => {
  it('is the same while it is held, and another one with a new epoch', async () => {
    const { hosts, expectIt } = await setUp();
    const first = expectIt('awaited');
    expect(expectIt('awaited')).toBe(first);
    const second = hosts.expect({ attemptId: 'r1-a1', epoch: 4, stage: 'awaited', isParked: false });
    expect(second).not.toBe(first);
    expect(hosts.all).toEqual([second]);
  });
});

describe('messages of an agent', () => {
  const orders = (made: TestChannel): readonly HostOrder[] =>
    made.orders.filter(({ kind }) => kind.startsWith('message'));

  it('G23 G24 are told to its host in their order, once to each connection, and taken back when its agent has read them', async () => {
    const { api, hosts, hello, expectIt } = await setUp();
    expectIt('running');
    const [first, second] = [channel(), channel()];
    api.inboxes.set('r1-a1', [{ id: 's1', text: 'one' }]);
    const connection = await hosts.connect(hello, first);
    await vi.waitFor(() => expect(orders(first)).toHaveLength(1));
    api.inboxes.set('r1-a1', [
      { id: 's1', text: 'one' },
      { id: 's2', text: 'two' },
    ]);
    hosts.handTo('r1-a1');
    hosts.handTo('r1-a1');
    await vi.waitFor(() => expect(orders(first)).toHaveLength(2));
    api.inboxes.set('r1-a1', [{ id: 's2', text: 'two' }]);
    hosts.handTo('r1-a1');
    await vi.waitFor(() => expect(orders(first)).toHaveLength(3));
    expect(orders(first)).toEqual([
      { kind: 'message', messageId: 's1', text: 'one' },
      { kind: 'message', messageId: 's2', text: 'two' },
      { kind: 'message-read', messageId: 's1' },
    ]);
    connection.closed();
    hosts.handTo('r1-a2');
    await hosts.connect(hello, second);
    await vi.waitFor(() =>
      expect(orders(second)).toEqual([{ kind: 'message', messageId: 's2', text: 'two' }]),
    );
  });

  it('are noted when the host says that its agent has them, and stay when nobody can be asked', async () => {
    const { api, hosts, hello, expectIt, frame } = await setUp();
    expectIt('running');
    const made = channel();
    await hosts.connect(hello, made);
    await frame(1, { kind: 'message-delivered', messageId: 's1', turn: 1, mode: 'turn-start' });
    await frame(1, { kind: 'message-delivered', messageId: 's1', turn: 1, mode: 'turn-start' });
    expect(api.delivered).toEqual([{ attemptId: 'r1-a1', epoch: 3, messageId: 's1', mode: 'turn-start' }]);
    api.inboxes.set('r1-a1', [{ id: 's2', text: 'two' }]);
    api.inboxFailures.push(new Error('the store is busy'));
    hosts.handTo('r1-a1');
    hosts.handTo('r1-a1');
    await vi.waitFor(() => expect(orders(made)).toEqual([{ kind: 'message', messageId: 's2', text: 'two' }]));
  });
});
