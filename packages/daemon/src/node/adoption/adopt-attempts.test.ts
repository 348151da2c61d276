import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isAlive, readProcessIdentity } from '../../process/index.ts';
import { HostRegistry } from '../host/host-registry.ts';
import { systemPlatform } from '../platform/system-platform.ts';
import { FakeNodeApi } from '../testing/fake-node-api.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { adoptAttempts, expectHeld } from './adopt-attempts.ts';

/** An attempt whose host lives and has not come back yet. */
async function setUp() {
  const attemptsDir = mkdtempSync(join(tmpdir(), 'tina-adoption-'));
  onTestFinished(() => rmSync(attemptsDir, { recursive: true, force: true }));
  const child = spawn('sleep', ['60'], { stdio: 'ignore', detached: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  const host = (await readProcessIdentity(child.pid ?? 0))!;
  mkdirSync(join(attemptsDir, 'r1-a1'));
  writeFileSync(join(attemptsDir, 'r1-a1', 'host.json'), JSON.stringify(host));
  const api = new FakeNodeApi();
  api.owners.set('secret', { runId: 'r1', attemptId: 'r1-a1', epoch: 1 });
  const clock = new ManualClock();
  const common = { api, attemptsDir, clock, platform: systemPlatform, log: () => {} };
  const hosts = new HostRegistry({ ...common, ...systemPlatform, onGone: () => {}, onParked: () => {} });
  const held = { attemptId: 'r1-a1', runId: 'r1', taskId: 't1', role: 'planner', epoch: 1, turn: 1 } as const;
  const attempts = [{ ...held, status: 'running' as const, isTurnOver: false }];
  expectHeld(attempts, hosts);
  hosts.open();
  const stopping = new AbortController();
  const adopted = adoptAttempts(attempts, {
    ...common,
    hosts,
    homeId: 'home-of-a-test',
    signal: stopping.signal,
    onKept: () => {},
  });
  await vi.waitFor(() => expect(clock.waiting).toBe(1));
  return { api, clock, hosts, host, child, adopted, stopping };
}

describe('a host that lives', () => {
  it('is waited for, and its attempt goes on when it comes back', async () => {
    const { api, clock, hosts, host, adopted } = await setUp();
    const hello = {
      attemptId: 'r1-a1',
      epoch: 1,
      token: 'secret',
      hostPid: host.pid,
      agentVersion: '1',
      turn: 1,
    };
    const channel = { send: () => {}, end: () => {} };
    await hosts.connect({ ...hello, workingDirectory: '/', branch: 'b', session: null }, channel);
    clock.advance(10_000);
    await adopted;
    expect(api.losses).toEqual([]);
    expect(await isAlive(host)).toBe(true);
  });

  it('is ended with its attempt when it does not come back', async () => {
    const { api, clock, host, child, adopted } = await setUp();
    const exited = once(child, 'exit');
    clock.advance(9_999);
    expect(api.losses).toEqual([]);
    clock.advance(1);
    await adopted;
    expect(api.losses).toMatchObject([
      { attemptId: 'r1-a1', epoch: 1, reason: expect.stringContaining('did not come back') },
    ]);
    await exited;
    expect(await isAlive(host)).toBe(false);
  });

  it('is left alone by a daemon that ends first', async () => {
    const { api, host, adopted, stopping } = await setUp();
    stopping.abort();
    await adopted;
    expect(api.losses).toEqual([]);
    expect(await isAlive(host)).toBe(true);
  });
});
