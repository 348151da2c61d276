import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { endMarkedProcesses, isAlive, readProcessIdentity } from '../process/index.ts';
import { openSessions } from './open-sessions.ts';
import { PlainSessions } from './plain-sessions.ts';
import { SessionServerError, SocketPathTooLongError } from './session-errors.ts';
import { untilNoServer } from './testing/until-no-server.ts';
import { TmuxSessions } from './tmux-sessions.ts';

const run = promisify(execFile);
const hasTmux = spawnSync('tmux', ['-V']).status === 0;

describe('tmux sessions', () => {
  let folder: string;
  let socket: string;
  let env: Record<string, string>;
  let sessions: TmuxSessions;

  beforeEach(async ({ skip }) => {
    skip(!hasTmux, 'tmux is not installed');
    folder = await mkdtemp(join(tmpdir(), 'tina-tmux-'));
    socket = join(folder, 'tmux.sock');
    env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', TINA_TEST: randomUUID() };
    sessions = new TmuxSessions({ stateDir: folder });
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    if (!hasTmux) return;
    for (const name of await sessions.list()) await sessions.end(name);
    await untilNoServer(folder);
    await endMarkedProcesses({
      marker: { TINA_TEST: env['TINA_TEST'] ?? '' },
      processGroups: [],
      graceMs: 0,
    });
    await rm(folder, { recursive: true });
  });

  const start = (name: string, script = 'echo $$ > pid; exec sleep 60', logPath?: string): Promise<void> =>
    sessions.start({
      name,
      command: ['/bin/sh', '-c', script],
      cwd: folder,
      env,
      ...(logPath === undefined ? {} : { logPath }),
    });
  const tmux = async (...args: readonly string[]): Promise<string> =>
    (await run('tmux', ['-S', socket, ...args])).stdout.trim();
  const serverPid = async (): Promise<number> => Number(await tmux('display-message', '-p', '#{pid}'));
  const startedProcess = () =>
    vi.waitFor(async () => {
      const identity = await readProcessIdentity(Number(await readFile(join(folder, 'pid'), 'utf8')));
      expect(identity).not.toBeNull();
      return identity!;
    });

  it('share a server with the one before when that was told to stay ready, for a moment', async () => {
    await start('before');
    const server = await serverPid();
    await sessions.stayReady();
    await sessions.end('before');
    await start('after');
    expect(await serverPid()).toBe(server);
    const identity = (await readProcessIdentity(server))!;
    await sessions.stayReady();
    await sessions.end('after');
    await vi.waitFor(async () => expect(await isAlive(identity)).toBe(false), { timeout: 5_000 });
  });

  it('G14 leave no server when the daemon that told it to stay ready has died', async () => {
    await start('before');
    const identity = (await readProcessIdentity(await serverPid()))!;
    await tmux('set-option', '-s', 'exit-empty', 'off');
    await sessions.end('before');
    expect(await isAlive(identity)).toBe(true);
    await new TmuxSessions({ stateDir: folder }).letGo();
    await vi.waitFor(async () => expect(await isAlive(identity)).toBe(false), { timeout: 5_000 });
  });

  it('G13 start again after the server was killed and has left its socket', async () => {
    await start('before');
    const identity = await startedProcess();
    process.kill(await serverPid(), 'SIGKILL');
    await vi.waitFor(async () => expect(await sessions.list()).toEqual([]));
    // The kernel tells the session's process that its terminal is gone.
    await vi.waitFor(async () => expect(await isAlive(identity)).toBe(false));
    expect((await stat(socket)).isSocket()).toBe(true);

    expect(await sessions.exists('before')).toBe(false);
    await sessions.end('before');
    await start('before');
    expect(await sessions.list()).toEqual(['before']);
  });

  it('G06 say that they do not know when the server does not answer', async () => {
    await start('kept');
    const server = await readProcessIdentity(await serverPid());
    const impatient = new TmuxSessions({ stateDir: folder, answerLimitMs: 50 });
    process.kill(server!.pid, 'SIGSTOP');
    try {
      await expect(impatient.list()).rejects.toThrow(SessionServerError);
      await expect(impatient.exists('kept')).rejects.toThrow(SessionServerError);
      const late = { name: 'late', command: ['/bin/sh', '-c', 'echo > late'], cwd: folder, env };
      await expect(impatient.start(late)).rejects.toThrow(SessionServerError);
    } finally {
      process.kill(server!.pid, 'SIGCONT');
    }
    // The server still reads what it was told, but what it was told to start is not there any more.
    await vi.waitFor(async () => expect(await sessions.list()).toEqual(['kept']));
    await expect(stat(join(folder, 'late'))).rejects.toThrow('ENOENT');
  });

  it('G30 leave no script of an earlier start that was interrupted, and spare that of another that is under way', async () => {
    const directory = join(folder, 'sessions');
    await mkdir(directory);
    for (const file of ['again.1.launch', 'other.1.launch'])
      await writeFile(join(directory, file), 'A_TOKEN=x');
    await Promise.allSettled([start('again'), start('again')]);
    await vi.waitFor(async () => expect(await readdir(directory)).toEqual(['other.1.launch']));
    expect(await sessions.list()).toEqual(['again']);
    await startedProcess();
  });

  it('try again when the server that they reached was just ending', async () => {
    const flaky = join(folder, 'flaky');
    const refuseTwice = `echo x >> '${folder}/tries'; [ $(wc -l < '${folder}/tries') -gt 2 ] || exit 1`;
    await writeFile(flaky, `#!/bin/sh\n${refuseTwice}\nexec tmux "$@"\n`, { mode: 0o755 });
    const trying = new TmuxSessions({ stateDir: folder, tmux: flaky });
    await trying.start({ name: 'again', command: ['/bin/sh', '-c', 'exec sleep 60'], cwd: folder, env });
    expect(await sessions.list()).toEqual(['again']);
  });

  it('G06 say what tmux refuses, instead of going on', async () => {
    await start('kept');
    const refusing = join(folder, 'refusing');
    await writeFile(refusing, '#!/bin/sh\necho protocol version mismatch >&2\nexit 1\n', { mode: 0o755 });
    const refused = new TmuxSessions({ stateDir: folder, tmux: refusing });
    await expect(refused.list()).rejects.toThrow('protocol version mismatch');
    await expect(refused.end('kept')).rejects.toThrow(SessionServerError);
    const command = ['/bin/sh', '-c', 'exec sleep 60'];
    await expect(refused.start({ name: 'more', command, cwd: folder, env })).rejects.toThrow(
      SessionServerError,
    );
    expect(await sessions.list()).toEqual(['kept']);

    const missing = new TmuxSessions({ stateDir: folder, tmux: join(folder, 'missing') });
    await expect(missing.list()).rejects.toThrow(SessionServerError);
  });

  it('end their server with the last session', async () => {
    await start('only');
    const server = await readProcessIdentity(await serverPid());
    await sessions.end('only');
    await vi.waitFor(async () => expect(await isAlive(server!)).toBe(false));
  });

  it('leave the tmux of the user alone, and its settings without effect', async () => {
    const home = join(folder, 'home');
    await mkdir(home);
    await writeFile(join(home, '.tmux.conf'), 'set -g remain-on-exit on\nset -g history-limit 5\n');
    const user = { ...process.env, HOME: home, TMUX_TMPDIR: home, TMUX: '' };
    await run('tmux', ['new-session', '-d', '-s', 'mine', 'sleep 60'], { env: user });
    try {
      const { stdout } = await run('tmux', ['display-message', '-p', '#{socket_path},#{pid},0'], {
        env: user,
      });
      vi.stubEnv('TMUX', stdout.trim());
      vi.stubEnv('TMUX_PANE', '%0');
      vi.stubEnv('TMUX_TMPDIR', home);
      vi.stubEnv('HOME', home);
      await start('ours', 'env > env; echo $$ > pid; exec sleep 60');
      await startedProcess();
      expect(await readFile(join(folder, 'env'), 'utf8')).not.toContain('TMUX');
      expect(await sessions.list()).toEqual(['ours']);
      expect(await tmux('show-options', '-gv', 'history-limit')).toBe('20000');
      expect(await tmux('show-options', '-gwv', 'remain-on-exit')).toBe('off');
      await sessions.end('mine');
      await sessions.end('ours');
      const list = await run('tmux', ['list-sessions', '-F', '#{session_name}'], { env: user });
      expect(list.stdout).toBe('mine\n');
    } finally {
      await run('tmux', ['kill-server'], { env: user });
    }
  });

  it('G30 keep the environment of a session out of the server and of other sessions', async () => {
    vi.stubEnv('SECRET_OF_THE_DAEMON', 'hidden-1');
    env['SECRET_OF_THE_AGENT'] = 'hidden-2';
    await start('secret');
    await startedProcess();
    const known = [
      await tmux('show-environment', '-g'),
      await tmux('show-environment', '-t', '=secret'),
      await tmux('list-panes', '-a', '-F', '#{pane_start_command}'),
      await readFile(`/proc/${await serverPid()}/environ`, 'utf8').catch(() => ''),
    ];
    expect(known.join('\n')).not.toContain('hidden');
  });

  it('have 200 columns and 50 lines', async () => {
    await start('size');
    expect(await tmux('display-message', '-p', '-t', '=size:', '#{window_width}x#{window_height}')).toBe(
      '200x50',
    );
  });

  it('say how to look in, without being able to type', async () => {
    await start('look');
    const command = ['env', '-u', 'TMUX', 'tmux', '-S', socket, 'attach-session', '-r', '-t', '=look'];
    expect(sessions.attachCommand('look')).toEqual(command);
    expect(() => sessions.attachCommand('a:b')).toThrow('a name consists of');
  });

  it('refuse a socket path that the operating system has no room for', () => {
    const stateDir = join(folder, 'x'.repeat(100));
    const opening = (): TmuxSessions => new TmuxSessions({ stateDir });
    expect(opening).toThrow(SocketPathTooLongError);
    expect(opening).toThrow(
      expect.objectContaining({ next: [expect.stringContaining('TINA_HOME')], code: 'socket_path_too_long' }),
    );
  });

  it('are what is opened where there is a tmux', async () => {
    expect(await openSessions({ stateDir: folder })).toBeInstanceOf(TmuxSessions);
  });
});

describe('opening sessions', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tina-probe-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const fake = async (script: string): Promise<string> => {
    const path = join(folder, 'tmux');
    await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return path;
  };

  it.each([
    'tmux 3.0',
    'tmux 3.3a',
    'tmux 3.10',
    'tmux 4.0',
    'tmux next-3.6',
    'tmux master',
    'tmux openbsd-7.8',
  ])('uses %s', async (version) => {
    const tmux = await fake(`echo '${version}'`);
    expect(await openSessions({ stateDir: folder, tmux })).toBeInstanceOf(TmuxSessions);
  });

  it.each([
    ['echo tmux 2.9a', 'tmux 2.9a is too old, 3.0 is needed'],
    ['echo tmux 1.8', 'tmux 1.8 is too old, 3.0 is needed'],
    ['echo surprise', 'tmux says its version is "surprise"'],
  ])('uses plain processes where `tmux -V` does: %s', async (script, reason) => {
    const sessions = await openSessions({ stateDir: folder, tmux: await fake(script) });
    expect(sessions).toBeInstanceOf(PlainSessions);
    expect(await sessions.probe()).toEqual({ kind: 'plain', reason });
    expect(sessions.attachCommand('any')).toBeNull();
  });

  it('uses plain processes where tmux is missing or broken', async () => {
    const missing = await openSessions({ stateDir: folder, tmux: join(folder, 'missing') });
    expect(await missing.probe()).toEqual({ kind: 'plain', reason: 'tmux is not installed' });
    const broken = await openSessions({ stateDir: folder, tmux: await fake('exit 1') });
    expect(await broken.probe()).toMatchObject({
      kind: 'plain',
      reason: expect.stringContaining('tmux -V failed'),
    });
  });
});
