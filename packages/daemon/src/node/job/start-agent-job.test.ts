import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandAgentDefinition, Launch } from '@tina/contract';
import { attemptBranch, sessionName } from '@tina/domain';
import { describe, expect, it, vi } from 'vitest';
import { testHome, type TestHome } from '../testing/test-node.ts';

const NOTHING = `
  - do: [say: hello]
`;

/** Prints its environment as its final message. */
function tells(env: string[] = []): { readonly agents: Readonly<Record<string, CommandAgentDefinition>> } {
  const script = 'cat > /dev/null; env; git config user.name; git var GIT_COMMITTER_IDENT';
  return { agents: { scripted: { kind: 'command', command: ['sh', '-c', script], prompt: 'stdin', env } } };
}

async function environmentOf(home: TestHome): Promise<{ env: Map<string, string>; said: string }> {
  await home.started('r1-a1');
  const outcome = await home.api.turn('r1-a1', 1);
  if (outcome.kind !== 'completed') throw new Error(outcome.error.message);
  const lines = outcome.finalMessage.split('\n').filter((line) => line.includes('='));
  const pairs = lines.map(
    (line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const,
  );
  return { env: new Map(pairs), said: outcome.finalMessage };
}

function launchOf(home: TestHome, attempt: string): Launch {
  return JSON.parse(readFileSync(join(home.paths.attemptsDir, attempt, 'launch.json'), 'utf8')) as Launch;
}

describe('what an agent is given', () => {
  it('G30 is what it needs and what its definition asks for, and nothing else of the daemon', async () => {
    const home = await testHome(NOTHING, tells(['API_KEY']));
    const environment = {
      ...home.repository.environment,
      API_KEY: 'wanted',
      OTHER_KEY: 'secret',
      TINA_HOME: '/srv/of/tina',
      TINA_TOKEN: 'of somebody else',
      SSH_AUTH_SOCK: '/agent',
      LANG: 'C.UTF-8',
      LC_TIME: 'C',
      GIT_DIR: '/elsewhere',
    };
    await home.daemon({ environment });
    const { env } = await environmentOf(home);
    const names = [...env.keys()].filter((name) => !/^(PWD|OLDPWD|SHLVL|_|TMPDIR)$/.test(name)).toSorted();
    expect(names.join(' ')).toBe(
      'API_KEY GIT_AUTHOR_EMAIL GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL GIT_COMMITTER_NAME GIT_CONFIG_COUNT ' +
        'GIT_CONFIG_KEY_0 GIT_CONFIG_KEY_1 GIT_CONFIG_VALUE_0 GIT_CONFIG_VALUE_1 HOME LANG LC_TIME PATH TERM ' +
        'TINA_ATTEMPT TINA_HOME_ID TINA_NODE TINA_OUT TINA_ROLE TINA_RUN TINA_SOCKET TINA_TOKEN',
    );
    expect(Object.fromEntries(env)).toMatchObject({
      API_KEY: 'wanted',
      TERM: 'xterm-256color',
      GIT_CONFIG_KEY_0: 'gc.auto',
      GIT_CONFIG_VALUE_0: '0',
      TINA_ATTEMPT: 'r1-a1',
      TINA_HOME_ID: home.homeId,
      TINA_OUT: join(home.paths.attemptsDir, 'r1-a1', 'out'),
      TINA_ROLE: 'implementer',
      TINA_RUN: 'r1',
      TINA_SOCKET: home.paths.socketPath,
      // The host takes the secret out of everything it hears.
      TINA_TOKEN: '[token]',
    });
    expect(env.get('PATH')?.startsWith('/nowhere:')).toBe(true);
  });

  it('lets it commit as the person for whom the daemon runs', async () => {
    const home = await testHome(NOTHING, tells());
    await home.daemon();
    const { said } = await environmentOf(home);
    expect(said).toContain('Ada <ada@example.com>');
  });

  it('is for the owner alone, and names the version that an earlier host reported in with', async () => {
    const home = await testHome(NOTHING);
    await home.daemon();
    await home.started('r1-a1');
    const directory = join(home.paths.attemptsDir, 'r1-a1');
    const modes = ['.', 'out', 'launch.json'].map((name) => statSync(join(directory, name)).mode & 0o777);
    expect(modes).toEqual([0o700, 0o700, 0o600]);
    await home.started('r1-a2', { slot: 2 });
    expect([launchOf(home, 'r1-a1').agentVersion, launchOf(home, 'r1-a2').agentVersion]).toEqual([
      null,
      '0.1.0',
    ]);
    expect(launchOf(home, 'r1-a1')).toMatchObject({
      worktree: home.worktree(1),
      branch: attemptBranch('r1-a1'),
      session: (await home.sessions.probe()).kind === 'tmux' ? sessionName('r1-a1') : null,
      directory,
      prompt: 'Do it.',
      limits: { idleWarningMs: 60_000, idleStopMs: 60_000, turnMs: 60_000 },
      mcp: { command: ['/nowhere/tina', 'mcp'] },
    });
  });
});

describe('the slot of an attempt', () => {
  it('holds the conflict that a resolver is to resolve', async () => {
    const home = await testHome(NOTHING);
    const { commit, git } = home.repository;
    const ours = commit({ 'a.txt': 'ours' });
    git('checkout', '-q', '-b', 'other', home.base);
    const theirs = commit({ 'a.txt': 'theirs' });
    await home.daemon();
    const more = { role: 'resolver', startCommit: ours, mergeCommit: theirs } as const;
    expect(await home.started('r1-a1', more)).toMatchObject({ kind: 'start-agent' });
    expect(home.repository.gitIn(home.worktree(1), 'status', '--porcelain')).toBe('AA a.txt');
    expect(readFileSync(join(home.worktree(1), 'a.txt'), 'utf8')).toContain('<<<<<<<');
  });

  it('is set up once, before the agent starts, and brings along what git ignores', async () => {
    const setup = { command: 'echo run >> setup.log; echo x > stray', timeoutMs: 8_000 };
    const home = await testHome(NOTHING, { setup, include: ['.env'] });
    writeFileSync(join(home.repository.root, '.env'), 'KEY=1');
    await home.daemon();
    await home.started('r1-a1', { needsSetup: true });
    const slot = home.worktree(1);
    expect(readFileSync(join(slot, '.env'), 'utf8')).toBe('KEY=1');
    // What it left that git would list is gone, so that nobody takes it for the agent's work.
    expect(existsSync(join(slot, 'stray'))).toBe(false);
    await home.settle('r1-a1');
    await home.started('r1-a2', { needsSetup: true });
    expect(readFileSync(join(slot, 'setup.log'), 'utf8')).toBe('run\n');
    expect(existsSync(join(home.paths.checksDir, 'r1', 'setup-slot-1.log'))).toBe(true);
  });
});

/** A host that says what a test wants it to say. */
const TALKER = `
  const { connect } = require('node:net');
  const { readFileSync, writeFileSync } = require('node:fs');
  const launch = JSON.parse(readFileSync(process.argv.at(-1), 'utf8'));
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  writeFileSync(launch.directory + '/host.json', JSON.stringify({ pid: process.pid, startTime }), { flag: 'wx' });
  const { attemptId, epoch, token, branch } = launch;
  const hello = { attemptId, epoch, token, branch, hostPid: process.pid, agentVersion: '1', session: null, turn: 0 };
  const socket = connect(launch.socketPath);
  const input = { ...hello, workingDirectory: '/', ...JSON.parse(process.argv[1]) };
  socket.write(JSON.stringify({ id: 1, call: 'host.connect', input, token }) + '\\n');
  socket.on('data', () => process.exit());
`;

function talker(says: object): { node: string; agentHost: readonly string[]; tinaBin: string } {
  const agentHost = [process.execPath, '-e', TALKER, JSON.stringify(says)];
  return { node: process.execPath, agentHost, tinaBin: '/nowhere' };
}

describe('an earlier try', () => {
  it('that wrote down what to start and started nothing is taken up', async () => {
    const home = await testHome(NOTHING);
    await home.daemon();
    const directory = join(home.paths.attemptsDir, 'r1-a1');
    mkdirSync(directory);
    writeFileSync(join(directory, 'launch.json'), '{}');
    expect(await home.started('r1-a1')).toMatchObject({ kind: 'start-agent' });
    expect(launchOf(home, 'r1-a1')).toMatchObject({ attemptId: 'r1-a1' });
  });

  it('G09 whose host has not named itself yet is waited for', async () => {
    const home = await testHome(NOTHING);
    await home.daemon();
    const directory = join(home.paths.attemptsDir, 'r1-a1');
    mkdirSync(directory);
    writeFileSync(join(directory, 'launch.json'), '{}');
    const slow = { name: sessionName('r1-a1'), command: ['sleep', '60'], cwd: '/' };
    await home.sessions.start({ ...slow, env: { PATH: home.repository.environment['PATH'] ?? '' } });
    home.api.enqueue(home.start('r1-a1'));
    await vi.waitFor(() => expect(existsSync(join(home.worktree(1), 'readme.md'))).toBe(true), {
      timeout: 8_000,
    });
    expect(home.api.completed).toEqual([]);
    expect(readFileSync(join(directory, 'launch.json'), 'utf8')).toBe('{}');
    // It dies before it has.
    await home.sessions.end(slow.name);
    expect(await home.api.outcomeOf('start-r1-a1')).toMatchObject({ problem: { code: 'host_failed' } });
  });
});

describe('a start that fails', () => {
  it('G08 says so when the host is not where it was sent', async () => {
    const home = await testHome(NOTHING);
    await home.daemon({ programs: talker({ workingDirectory: '/' }) });
    const outcome = await home.started('r1-a1');
    expect(outcome).toMatchObject({
      problem: { code: 'host_misplaced', message: expect.stringContaining('reported in from / instead of') },
    });
  });

  it('G08 says so with the output of a set-up that failed', async () => {
    const setup = { command: 'echo no such package >&2; exit 3', timeoutMs: 8_000 };
    const home = await testHome(NOTHING, { setup });
    await home.daemon();
    const outcome = await home.started('r1-a1', { needsSetup: true });
    expect(outcome).toMatchObject({
      problem: {
        code: 'setup_failed',
        message: expect.stringContaining('exit code 3'),
        output: 'no such package\n',
      },
    });
    expect(existsSync(join(home.paths.attemptsDir, 'r1-a1'))).toBe(false);
  });

  it('G08 says so, and why, when the host cannot run', async () => {
    const home = await testHome(NOTHING);
    const programs = {
      node: process.execPath,
      agentHost: [process.execPath, '/no/host.mjs'],
      tinaBin: '/nowhere',
    };
    await home.daemon({ programs });
    const startedAt = performance.now();
    const outcome = await home.started('r1-a1');
    expect(outcome).toMatchObject({
      problem: { code: 'host_failed', output: expect.stringContaining('/no/host.mjs') },
    });
    // Long before the limit of eight seconds.
    expect(performance.now() - startedAt).toBeLessThan(6_000);
  });

  it('G08 says so when the host does not report in in time', async () => {
    const limits = { idleWarningMs: 1, idleStopMs: 1, turnMs: 1, startMs: 400 };
    const home = await testHome(NOTHING, { limits });
    const agentHost = [process.execPath, '-e', 'setInterval(() => {}, 1000)'];
    await home.daemon({ programs: { node: process.execPath, agentHost, tinaBin: '/nowhere' } });
    const outcome = await home.started('r1-a1');
    const message = 'The agent host of attempt r1-a1 did not report in within 400ms.';
    expect(outcome).toMatchObject({ problem: { code: 'host_failed', message } });
    expect(await home.settle('r1-a1')).toMatchObject({ kind: 'settle-attempt' });
    expect(await home.sessions.list()).toEqual([]);
  });

  it('names an agent that the run does not define, and a commit that is not there', async () => {
    const home = await testHome(NOTHING);
    await home.daemon();
    expect(await home.started('r1-a1', { agent: 'nobody' })).toMatchObject({
      problem: { code: 'unknown_agent' },
    });
    const startCommit = '0123456789012345678901234567890123456789';
    const outcome = await home.started('r1-a2', { slot: 2, startCommit });
    expect(outcome).toMatchObject({
      kind: 'failed',
      problem: { code: 'git_failed', next: [] },
    });
  });
});
