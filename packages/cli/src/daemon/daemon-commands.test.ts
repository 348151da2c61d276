import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTestCli, type Outcome, type TestCli } from '../testing/test-cli.test-support.ts';

const program = [
  process.execPath,
  fileURLToPath(new URL('../testing/fixtures/test-daemon.mjs', import.meta.url)),
];

let cli: TestCli;
let state: string;

beforeEach(() => {
  cli = createTestCli();
  state = join(cli.root, 'home', 'state');
});

afterEach(async () => {
  await cli.run(['daemon', 'stop']);
  await cli.dispose();
});

const run = (args: string[], plan = ''): Promise<Outcome> =>
  cli.run(args, { daemonProgram: program, env: { DAEMON_TEST: plan, TINA_ATTEMPT: 'r1-a1' } });

const starts = (): string[] => readFileSync(join(state, 'starts'), 'utf8').trimEnd().split('\n');

describe('a command that needs the daemon', () => {
  it('starts one, in its own folder and not as part of an attempt', async () => {
    const outcome = await run(['runs', '--json']);
    expect(outcome).toMatchObject({ code: 0, stdout: '[]\n', stderr: '' });
    expect(starts()).toEqual([`daemon run cwd=${state} attempt=undefined`]);
  });

  it('starts one although it was stopped on purpose, which then is forgotten', async () => {
    await run(['daemon', 'stop']);
    expect(existsSync(join(state, 'daemon.stopped'))).toBe(false);
    await run(['runs']);
    await run(['daemon', 'stop']);
    expect(existsSync(join(state, 'daemon.stopped'))).toBe(true);
    const held = await run(['daemon', 'start', '--unless-stopped']);
    expect(held).toMatchObject({ code: 0, stdout: 'The daemon was stopped on purpose, and stays so.\n' });
    expect((await run(['daemon', 'start', '--unless-stopped', '--json'])).stdout).toBe('{"running":false}\n');
    expect(starts()).toHaveLength(1);
    // This daemon leaves its lock where a real one gives it back.
    rmSync(join(state, 'daemon.lock'));
    expect((await run(['daemon', 'start'])).stdout).toContain('The daemon was started');
  });

  it('is told what may stop it from being one', async () => {
    expect((await run(['daemon', 'start', '--unless-stopped'])).stdout).toContain('The daemon was started');
    expect(starts()).toEqual([`daemon run --unless-stopped cwd=${state} attempt=undefined`]);
  });

  it('gives it a debug port where that is asked for', async () => {
    expect((await run(['daemon', 'start', '--debug'])).stdout).toContain('The daemon was started');
    expect(starts()).toEqual([`daemon run --debug cwd=${state} attempt=undefined`]);
  });

  it('stays stopped when it is stopped while it comes up, which is no failure', async () => {
    const held = await run(['daemon', 'start', '--unless-stopped'], 'stopped');
    expect(held).toMatchObject({ code: 0, stderr: '' });
    expect(held.stdout).toBe('The daemon was stopped on purpose, and stays so.\n');
    rmSync(join(state, 'daemon.stopped'));
    const json = await run(['daemon', 'start', '--unless-stopped', '--json'], 'stopped');
    expect(json).toMatchObject({ code: 0, stdout: '{"running":false}\n' });
    expect((await run(['runs'], 'stopped')).code).toBe(1);
  });

  it('uses the one that is there', async () => {
    await run(['runs']);
    await run(['runs']);
    expect(starts()).toHaveLength(1);
  });

  it('starts one where a killed one left its socket', async () => {
    mkdirSync(state, { recursive: true });
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(join(state, 'daemon.sock'), resolve);
    });
    // Closing would remove the file; a killed process leaves it.
    writeFileSync(join(state, 'stale'), '');
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    writeFileSync(join(state, 'daemon.sock'), '');
    expect((await run(['runs'])).code).toBe(0);
  });

  it('shares the daemon with another that starts one at the same time', async () => {
    const outcomes = await Promise.all([run(['runs']), run(['runs']), run(['runs'])]);
    expect(outcomes.map((outcome) => outcome.code)).toEqual([0, 0, 0]);
    const pids = await Promise.all(
      [1, 2].map(async () => (await run(['daemon', 'status', '--json'])).stdout),
    );
    expect(new Set(pids).size).toBe(1);
  });

  it('shows the end of the log of a daemon that dies', async () => {
    const outcome = await run(['runs'], 'dies');
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('error: The daemon was started and ended at once (exit code 1).');
    expect(outcome.stderr).toContain(`at ${join(state, 'logs', 'daemon.log')}`);
    expect(outcome.stderr).toContain('cannot open the store:\n    disk I/O error\n');
    expect(outcome.stderr).toContain('next: tina doctor');
  });

  it('says when the program cannot be started at all', async () => {
    const outcome = await cli.run(['runs', '--json'], { daemonProgram: [join(cli.root, 'no-such-program')] });
    expect(outcome.code).toBe(1);
    expect(JSON.parse(outcome.stderr)).toMatchObject({ error: { code: 'daemon_died' } });
    expect(outcome.stderr).toContain('ENOENT');
  });

  it('warns of a daemon of another version', async () => {
    await run(['runs']);
    writeFileSync(join(state, 'daemon.version'), '1.0.0\n');
    const outcome = await run(['runs']);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toBe(
      'warning: the daemon is version 1.0.0, this program is 1.2.3; agents go on while you restart it:  ' +
        'tina daemon stop && tina daemon start\n',
    );
  });

  it('begins a new log when the old one is large', async () => {
    const log = join(state, 'logs', 'daemon.log');
    mkdirSync(join(state, 'logs'), { recursive: true });
    writeFileSync(`${log}.1`, 'older');
    writeFileSync(log, 'old');
    truncateSync(log, 10_000_001);
    await run(['runs'], 'dies');
    expect(readFileSync(`${log}.1`, 'utf8').slice(0, 4)).toBe('old\0');
    expect(readFileSync(`${log}.2`, 'utf8')).toBe('older');
    expect(readFileSync(log, 'utf8')).toContain('cannot open the store');
  });
});

describe('tina daemon', () => {
  it('starts, says so, shows, and stops', async () => {
    expect((await run(['daemon', 'start'])).stdout).toMatch(
      /^The daemon was started: pid \d+, version 1\.2\.3\.\n$/,
    );
    expect((await run(['daemon', 'start'])).stdout).toMatch(/^The daemon runs already: pid \d+/);
    const status = await run(['daemon', 'status']);
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/running +.*pid \d+\nversion +1\.2\.3\n/);
    expect((await run(['daemon', 'stop'])).stdout).toMatch(/^The daemon was stopped: pid \d+\./);
    expect(await run(['daemon', 'stop'])).toMatchObject({ stdout: 'No daemon runs.\n', stderr: '' });
  });

  it('shows without starting anything that none runs', async () => {
    const outcome = await run(['daemon', 'status']);
    expect(outcome).toMatchObject({ code: 1, stderr: '' });
    expect(outcome.stdout).toContain('No daemon runs.');
    expect((await run(['daemon', 'status', '--json'])).stdout).toBe('{"running":false}\n');
    expect((await run(['daemon', 'stop', '--json'])).stdout).toBe('{"stopped":false}\n');
  });

  it('waits for one that comes up, and stops it', async () => {
    const starting = run(['daemon', 'start'], 'held');
    await vi.waitUntil(() => existsSync(join(state, 'daemon.lock.json')), 5_000);
    let isOver = false;
    const stopping = run(['daemon', 'stop']).finally(() => {
      isOver = true;
    });
    const mark = join(state, 'daemon.stopped');
    await vi.waitUntil(() => existsSync(mark), 5_000);
    const looked = performance.now() + 300;
    await vi.waitUntil(() => performance.now() > looked || isOver, 5_000);
    expect(isOver).toBe(false);
    writeFileSync(join(state, 'go'), '');
    expect((await stopping).stdout).toMatch(/^The daemon was stopped: pid \d+\./);
    expect(starts()).toHaveLength(1);
    await starting;
  });

  it('prints JSON', async () => {
    const started = JSON.parse((await run(['daemon', 'start', '--json'])).stdout) as { pid: number };
    expect(JSON.parse((await run(['daemon', 'status', '--json'])).stdout)).toMatchObject({
      running: true,
      pid: started.pid,
    });
    expect(JSON.parse((await run(['daemon', 'stop', '--json'])).stdout)).toEqual({
      stopped: true,
      pid: started.pid,
    });
  });

  it('shows that the daemon is of another version', async () => {
    await run(['daemon', 'start']);
    const outcome = await cli.run(['daemon', 'status'], { version: '2.0.0' });
    expect(outcome.stdout).toContain('1.2.3 (this program: 2.0.0)');
  });
});
