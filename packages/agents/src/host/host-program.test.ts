import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { findProgram } from '../process/find-program.ts';
import { HOST_PROGRAM, makeHostCase, shellAgent, WAIT } from '../testing/host-case.ts';
import { isRunning, runningInGroup } from '../testing/process-group.ts';
import { HOST_EXIT } from './host-exit.ts';

const HANGING = shellAgent('echo hanging; sleep 300');
/** Works until there is a file in its worktree. */
const HELD = shellAgent('echo at work; until [ -e go ]; do sleep 0.01; done; echo all done');

async function exitOf(host: ReturnType<ReturnType<typeof makeHostCase>['spawnHost']>): Promise<unknown> {
  return host.exitCode ?? host.signalCode ?? ((await once(host, 'exit')) as [unknown])[0];
}

it('drives an agent from launch file to last order', async () => {
  const { launch, daemon, spawnHost, outcomeOf, read } = makeHostCase(shellAgent('cat; echo " all done"'), {
    agentVersion: null,
  });
  await daemon.start();
  const host = spawnHost();
  expect(await outcomeOf(1)).toMatchObject({ kind: 'completed', finalMessage: 'Do it. all done\n' });
  expect(daemon.hellos[0]).toMatchObject({ hostPid: host.pid, branch: launch.branch });
  expect(JSON.parse(read('host.json'))).toEqual({ pid: host.pid, startTime: expect.any(String) as string });
  daemon.order({ kind: 'end', reason: 'settled' });
  expect(await exitOf(host)).toBe(HOST_EXIT.ended);
});

it('G09 starts nothing when the attempt has another host', async () => {
  const { daemon, spawnHost, frame } = makeHostCase(HANGING);
  await daemon.start();
  const first = spawnHost();
  await frame('agent-started');
  const second = spawnHost();
  expect(await exitOf(second)).toBe(HOST_EXIT.anotherHost);
  expect(daemon.hellos).toHaveLength(1);
  expect(first.exitCode).toBeNull();
});

it('G09 starts nothing for an attempt whose host has died', async () => {
  const { daemon, spawnHost, launch } = makeHostCase(HANGING);
  await daemon.start();
  writeFileSync(join(launch.directory, 'host.json'), '{"pid":1,"startTime":"long ago"}');
  expect(await exitOf(spawnHost())).toBe(HOST_EXIT.anotherHost);
  expect(daemon.hellos).toEqual([]);
});

it('G31 says what is wrong with a launch that it cannot follow', async () => {
  const { launch, spawnHost } = makeHostCase(HANGING);
  rmSync(launch.worktree, { recursive: true });
  const host = spawnHost();
  let said = '';
  host.stderr?.on('data', (text: Buffer) => {
    said += text.toString();
  });
  expect(await exitOf(host)).toBe(HOST_EXIT.badLaunch);
  expect(said).toContain(`the worktree ${launch.worktree} is gone`);
});

it('ends with its pane, and not for keys that are typed into it', async (context) => {
  const { launch, daemon, frame, outcomeOf } = makeHostCase(HELD);
  if (findProgram({ name: 'tmux', directory: '/', path: process.env['PATH'] }) === null)
    context.skip('no tmux');
  const tmux = (...args: string[]): string =>
    execFileSync('tmux', ['-S', join(launch.directory, 'tmux.sock'), '-f', '/dev/null', ...args], {
      encoding: 'utf8',
    });
  await daemon.start();
  const command = [process.execPath, HOST_PROGRAM, join(launch.directory, 'launch.json')];
  tmux('new-session', '-d', '-s', 'attempt', ...command);
  await frame('agent-started');
  await vi.waitUntil(() => tmux('capture-pane', '-p', '-t', 'attempt').includes('at work'), WAIT);
  tmux('send-keys', '-t', 'attempt', 'C-c', 'C-\\', 'C-s', 'exit', 'Enter');
  writeFileSync(join(launch.worktree, 'go'), '');
  expect((await outcomeOf(1)).kind).toBe('completed');
  expect(daemon.isConnected).toBe(true);
  tmux('kill-session', '-t', 'attempt');
  await vi.waitUntil(() => !daemon.isConnected, WAIT);
});

it.each([
  ['SIGHUP', 129],
  ['SIGTERM', 143],
] as const)('G14 ends everything on %s', async (signal, exitCode) => {
  const { daemon, spawnHost, frame } = makeHostCase(HANGING);
  await daemon.start();
  const host = spawnHost();
  const { agentPid } = await frame('agent-started');
  host.kill(signal);
  expect(await exitOf(host)).toBe(exitCode);
  expect(runningInGroup(agentPid)).toEqual([]);
});

it('goes on when somebody presses Ctrl-C in its pane, and when nobody reads its pane', async () => {
  const { daemon, spawnHost, frame, outcomeOf, launch } = makeHostCase(HELD);
  await daemon.start();
  const host = spawnHost();
  await frame('agent-started');
  host.kill('SIGINT');
  host.stdout?.destroy();
  host.stderr?.destroy();
  writeFileSync(join(launch.worktree, 'go'), '');
  expect((await outcomeOf(1)).kind).toBe('completed');
  expect(host.exitCode).toBeNull();
});

it('G14 an agent whose host was killed can be found by its process group, and lives until it is ended', async () => {
  const { daemon, spawnHost, frame } = makeHostCase(HANGING);
  await daemon.start();
  const host = spawnHost();
  const { agentPid } = await frame('agent-started');
  host.kill('SIGKILL');
  await exitOf(host);
  expect(isRunning(agentPid)).toBe(true);
  process.kill(-agentPid, 'SIGKILL');
  await vi.waitUntil(() => runningInGroup(agentPid).length === 0, WAIT);
});
