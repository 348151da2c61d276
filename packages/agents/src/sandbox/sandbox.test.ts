import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { join } from 'node:path';
import type { AgentDefinition, Launch } from '@tina/contract';
import { describe, expect, it, onTestFinished, type TestContext, vi } from 'vitest';
import { adapterFor } from '../adapter/adapter-for.ts';
import { findEscaped } from '../cli/escaped-processes.ts';
import { runningMembers } from '../process/has-running-member.ts';
import { followSession } from '../testing/followed-session.ts';
import { makeHostCase, shellAgent } from '../testing/host-case.ts';
import { makeLaunch, searchPath } from '../testing/make-launch.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { sandboxProblem } from './sandbox-problem.ts';

const WAIT = { timeout: 10_000, interval: 10 };
const CONTEXT = { projectDirectory: '/', env: { PATH: process.env['PATH'] } };

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.invalid',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.invalid',
};

async function needSandbox(context: TestContext): Promise<void> {
  const problem = await sandboxProblem(true, CONTEXT);
  if (problem !== null) context.skip(`no sandbox here: ${problem.message}`);
}

interface Played {
  readonly launch: Launch;
  readonly text: string;
  readonly exit: string;
}

type Sandbox = NonNullable<AgentDefinition['sandbox']>;

/** A linked worktree, as an attempt has it, with an agent that runs a shell command in a sandbox. */
function prepare(command: string, sandbox: Sandbox, changes: Partial<Launch> = {}): Launch {
  const folder = temporaryFolder();
  const worktree = join(folder, 'linked');
  const agent: AgentDefinition = { ...shellAgent(command), sandbox: { enabled: true, ...sandbox } };
  const launch = makeLaunch(folder, agent);
  execFileSync('git', ['worktree', 'add', '-q', '-b', 'task', worktree], {
    cwd: launch.worktree,
    stdio: 'pipe',
  });
  const home = join(folder, 'home');
  mkdirSync(home);
  const env = { ...launch.env, ...IDENTITY, HOME: home, TINA_OUT: join(launch.directory, 'out') };
  return { ...launch, worktree, env, ...changes };
}

async function play(command: string, sandbox: Sandbox = {}, changes: Partial<Launch> = {}): Promise<Played> {
  const launch = prepare(command, sandbox, changes);
  const session = followSession(await adapterFor('command'), launch);
  session.beginTurn(1, 'Do it.');
  const outcome = await session.outcomeOf(1);
  const exit = outcome.kind === 'failed' ? outcome.error.message : 'done';
  return { launch, text: session.text(), exit };
}

describe('an agent in a sandbox', () => {
  it('writes to its worktree and commits', async (context) => {
    await needSandbox(context);
    const { launch, exit } = await play('echo hello > hello.txt && git add -A && git commit -q -m Hello');
    expect(exit).toBe('done');
    const log = execFileSync('git', ['log', '-1', '--format=%s'], { cwd: launch.worktree, encoding: 'utf8' });
    expect(log.trim()).toBe('Hello');
  });

  it('writes to what it hands over and to its temporary files', async (context) => {
    await needSandbox(context);
    const { launch, exit } = await play('echo plan > "$TINA_OUT/plan.md" && echo x > "$TMPDIR/x"');
    expect(exit).toBe('done');
    expect(readFileSync(join(launch.directory, 'out', 'plan.md'), 'utf8')).toBe('plan\n');
  });

  it('cannot write anywhere else', async (context) => {
    await needSandbox(context);
    const elsewhere = temporaryFolder();
    writeFileSync(join(elsewhere, 'kept'), 'kept');
    const tries = [join(elsewhere, 'new'), join(elsewhere, 'kept')];
    const { text } = await play(
      `${tries.map((path) => `(echo changed > ${path}) 2>/dev/null && echo "wrote ${path}"`).join('; ')}; ` +
        `rm -f ${elsewhere}/kept 2>/dev/null && echo removed; (echo x > "$HOME/x") 2>/dev/null && echo home; ` +
        // Asked, not tried: as root it would be written.
        `for place in / /etc /usr /var; do [ -w $place ] && echo $place; done; true`,
    );
    expect(text).toBe('');
    expect(readFileSync(join(elsewhere, 'kept'), 'utf8')).toBe('kept');
    expect(tries.filter((path) => existsSync(path))).toEqual([join(elsewhere, 'kept')]);
  });

  it('that only looks cannot change its worktree', async (context) => {
    await needSandbox(context);
    const { launch, text, exit } = await play(
      '(echo x > new) 2>/dev/null && echo wrote; git status --short && echo looked > "$TINA_OUT/review"',
      {},
      { access: 'read' },
    );
    expect({ text, exit }).toEqual({ text: '', exit: 'done' });
    expect(existsSync(join(launch.worktree, 'new'))).toBe(false);
  });

  it('writes to the folders that the configuration names', async (context) => {
    await needSandbox(context);
    const extra = temporaryFolder();
    const launch = prepare(`echo x > ${extra}/x && echo y > "$HOME/cache/y"`, {
      writable: [extra, '~/cache', '/no/such/folder'],
    });
    const cache = join(launch.env['HOME'] ?? '', 'cache');
    mkdirSync(cache);
    const session = followSession(await adapterFor('command'), launch);
    session.beginTurn(1, '');
    expect(await session.outcomeOf(1)).toMatchObject({ kind: 'completed' });
    expect([join(extra, 'x'), join(cache, 'y')].filter((path) => existsSync(path))).toHaveLength(2);
  });

  it('reaches the socket of the daemon, with and without network', async (context) => {
    await needSandbox(context);
    for (const network of [true, false]) {
      const socketPath = join(temporaryFolder(), 'daemon.sock');
      const heard: string[] = [];
      const server = createServer((socket) => socket.on('data', (data) => heard.push(data.toString())));
      await new Promise<void>((resolve) => {
        server.listen(socketPath, resolve);
      });
      onTestFinished(() => void server.close());
      const say = `require('net').connect('${socketPath}', function () { this.end('reported'); })`;
      const { exit } = await play(`node -e "${say}"`, { network });
      expect({ exit, heard }).toEqual({ exit: 'done', heard: ['reported'] });
    }
  });

  it('reaches the network only where it may', async (context) => {
    await needSandbox(context);
    const server = createHttpServer((_request, response) => response.end('here'));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const ask = `node -e "fetch('http://127.0.0.1:${port}').then((r) => r.text()).then(console.log)"`;
    expect((await play(ask)).text).toContain('here');
    expect((await play(ask, { network: true })).text).toContain('here');
    const cut = await play(ask, { network: false });
    expect(cut.text).not.toContain('here');
    expect(cut.exit).not.toBe('done');
  });

  it('sees no processes but its own', async (context) => {
    await needSandbox(context);
    const { text } = await play(
      `ls -d /proc/[0-9]* | wc -l; test -e /proc/${process.pid}/environ && echo seen`,
    );
    expect(text).not.toContain('seen');
    expect(Number(text.trim())).toBeLessThan(10);
  });

  it('gets its prompt, and is told of by the exit code of its program', async (context) => {
    await needSandbox(context);
    expect((await play('cat')).text).toBe('Do it.');
    expect((await play('echo broken >&2; exit 7')).exit).toMatch(/7[^]*broken/);
  });

  it('G14 leaves nothing running, also of what left its process group', async (context) => {
    await needSandbox(context);
    const launch = prepare(
      `setsid sh -c 'echo x > started; sleep 60' & until [ -e started ]; do sleep 0.02; done`,
      {},
    );
    const env = { ...launch.env, TINA_HOME_ID: `test-${process.pid}-sandbox` };
    const session = followSession(await adapterFor('command'), { ...launch, env });
    session.beginTurn(1, '');
    expect(await session.outcomeOf(1)).toMatchObject({ kind: 'completed' });
    expect(existsSync(join(launch.worktree, 'started'))).toBe(true);
    await vi.waitUntil(() => findEscaped({ env, spareGroup: null }).length === 0, WAIT);
  });

  it('G14 ends in its own time when it is asked to', async (context) => {
    await needSandbox(context);
    const launch = prepare(
      `trap 'sleep 0.3; echo tidy > tidy; exit 0' TERM; echo ready; while :; do sleep 0.05; done`,
      {},
    );
    const session = followSession(await adapterFor('command'), launch);
    session.beginTurn(1, '');
    await vi.waitUntil(() => session.text().includes('ready'), WAIT);
    const pid = session.session.pid ?? 0;
    await session.session.end({ graceMs: 5_000 });
    expect(readFileSync(join(launch.worktree, 'tidy'), 'utf8')).toBe('tidy\n');
    expect(runningMembers(pid)).toEqual([]);
  });

  it('ends when its host is gone', async (context) => {
    await needSandbox(context);
    const agent = { ...shellAgent('echo ready; sleep 60'), sandbox: { enabled: true } };
    const hostCase = makeHostCase(agent);
    await hostCase.daemon.start();
    const host = hostCase.spawnHost();
    const { agentPid } = await hostCase.frame('agent-started');
    expect(runningMembers(agentPid).length).toBeGreaterThan(1);
    host.kill('SIGKILL');
    await vi.waitUntil(() => runningMembers(agentPid).length === 0, WAIT);
  });

  it('is what a scripted agent is in, too', async (context) => {
    await needSandbox(context);
    const outside = join(temporaryFolder(), 'outside');
    const launch = prepare('', {});
    const script = join(launch.directory, 'script.yaml');
    writeFileSync(
      script,
      `version: 1\nentries:\n  - do:\n      - run: 'echo x > inside; echo x > ${outside}; true'\n`,
    );
    const agent: AgentDefinition = { kind: 'scripted', script, sandbox: { enabled: true } };
    const session = followSession(await adapterFor('scripted'), { ...launch, agent });
    session.beginTurn(1, 'Do it.');
    await session.outcomeOf(1);
    expect(existsSync(join(launch.worktree, 'inside'))).toBe(true);
    expect(existsSync(outside)).toBe(false);
  });
});

describe('G31 a machine without sandboxes', () => {
  it('says what to install', async () => {
    const context = { projectDirectory: '/', env: { PATH: temporaryFolder() } };
    expect(await sandboxProblem(true, context)).toMatchObject({
      message: expect.stringContaining('"bwrap" was not found in PATH'),
      next: expect.arrayContaining([expect.stringContaining('apt-get install bubblewrap')]),
    });
  });

  it('says that bubblewrap does not work', async () => {
    const bin = temporaryFolder();
    writeFileSync(join(bin, 'bwrap'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const problem = await sandboxProblem(false, {
      projectDirectory: '/',
      env: { PATH: `${bin}:${searchPath()}` },
    });
    expect(problem?.message).toContain('does not work on this machine');
    expect(problem?.next[0]).toContain('--unshare-net');
  });

  it('never runs an agent outside of the sandbox that it shall be in', async () => {
    const bin = temporaryFolder();
    const launch = prepare('echo ran', {});
    // Of the program alone: nothing named bwrap is there.
    execFileSync('ln', ['-s', '/bin/sh', join(bin, 'sh')]);
    const session = followSession(await adapterFor('command'), {
      ...launch,
      env: { ...launch.env, PATH: bin },
    });
    session.beginTurn(1, '');
    const outcome = await session.outcomeOf(1);
    expect(outcome).toMatchObject({
      kind: 'failed',
      error: { message: expect.stringContaining('in a sandbox') },
    });
    expect(session.text()).not.toContain('ran');
  });
});
