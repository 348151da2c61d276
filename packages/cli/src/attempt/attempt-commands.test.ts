import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestCli, type RunOptions, type TestCli } from '../testing/test-cli.test-support.ts';
import { ago, makeAttempt } from '../testing/views.test-support.ts';

let cli: TestCli;
let output: string;

beforeEach(() => {
  cli = createTestCli();
  mkdirSync(join(cli.root, 'home', 'state', 'attempts', 'r1-a1'), { recursive: true });
  output = join(cli.root, 'home', 'state', 'attempts', 'r1-a1', 'output.log');
});

afterEach(() => cli.dispose());

const attempt = (fields = {}) => ({
  ...makeAttempt(),
  directory: '/s/attempts/r1-a1',
  outputPath: 'attempts/r1-a1/output.log',
  attachCommand: null as string[] | null,
  ...fields,
});

const ended = { status: 'succeeded', endedAt: ago(1), settled: true } as const;

describe('tina logs', () => {
  it('prints what the attempt wrote', async () => {
    writeFileSync(output, 'one\ntwo ä\n');
    const daemon = await cli.serve({ 'attempt.get': () => attempt() });
    expect(await cli.run(['logs', 'r1-a1'])).toMatchObject({ code: 0, stdout: 'one\ntwo ä\n' });
    expect(daemon.inputOf('attempt.get')).toEqual({ attempt: 'r1-a1' });
  });

  it('prints the attempt with its output as JSON', async () => {
    writeFileSync(output, 'one\n');
    await cli.serve({ 'attempt.get': () => attempt() });
    expect(JSON.parse((await cli.run(['logs', 'r1-a1', '--json'])).stdout)).toEqual({
      ...attempt(),
      output: 'one\n',
    });
  });

  it('reads large files whole', async () => {
    writeFileSync(output, 'x'.repeat(2_500_000));
    await cli.serve({ 'attempt.get': () => attempt({ outputPath: output }) });
    expect((await cli.run(['logs', 'r1-a1'])).stdout).toHaveLength(2_500_000);
  });

  it('prints nothing yet before there is something, and says so after the end', async () => {
    const daemon = await cli.serve({ 'attempt.get': () => attempt() });
    expect(await cli.run(['logs', 'r1-a1'])).toMatchObject({ code: 0, stdout: '' });
    await daemon.close();
    await cli.serve({ 'attempt.get': () => attempt(ended) });
    const { code, stderr } = await cli.run(['logs', 'r1-a1']);
    expect(code).toBe(1);
    expect(stderr).toContain('Attempt r1-a1 has no output');
    expect(stderr).toContain('next: tina task r1-t1');
  });

  it('follows until the attempt has ended, whole characters at a time', async () => {
    writeFileSync(output, Buffer.from('a ä').subarray(0, 3));
    let asked = 0;
    await cli.serve({
      'attempt.get': () => {
        if (asked++ === 0) return attempt();
        appendFileSync(output, 'the end\n');
        return attempt(ended);
      },
    });
    const written: string[] = [];
    const { code, stdout } = await cli.run(['logs', 'r1-a1', '--follow'], {
      onOutput: (text) => {
        if (written.push(text) === 1) appendFileSync(output, Buffer.from('ä\n').subarray(1));
      },
    });
    expect(code).toBe(0);
    expect(stdout).toBe('a ä\nthe end\n');
  });

  it('G24 goes on with following when the daemon restarts', async () => {
    writeFileSync(output, 'one\n');
    const first = await cli.serve({ 'attempt.get': () => attempt() });
    const restarts: Promise<unknown>[] = [];
    const { code, stdout } = await cli.run(['logs', 'r1-a1', '-f'], {
      onOutput: () => {
        if (restarts.length > 0) return;
        const restart = async (): Promise<void> => {
          await first.close();
          appendFileSync(output, 'two\n');
          await cli.serve({ 'attempt.get': () => attempt(ended) });
        };
        restarts.push(restart());
      },
    });
    await Promise.all(restarts);
    expect(code).toBe(0);
    expect(stdout).toBe('one\ntwo\n');
  });

  it('goes on while the daemon is away', async () => {
    writeFileSync(output, 'one\n');
    let asked = 0;
    const daemon = await cli.serve({
      'attempt.get': (_input, { socket }) => {
        if (++asked === 2) return void socket.destroy();
        return asked < 2 ? attempt() : attempt(ended);
      },
    });
    expect(await cli.run(['logs', 'r1-a1', '-f'])).toMatchObject({ code: 0, stdout: 'one\n' });
    expect(daemon.calls).toHaveLength(3);
  });

  it('ends following on Ctrl-C, and says how to come back', async () => {
    writeFileSync(output, 'one\n');
    await cli.serve({ 'attempt.get': () => attempt() });
    const options: RunOptions = { onOutput: (_text, press) => press.ctrlC() };
    const { code, stdout } = await cli.run(['logs', 'r1-a1', '-f'], options);
    expect(code).toBe(130);
    expect(stdout).toBe('one\n\nThe run goes on. Come back with:  tina logs r1-a1 --follow\n');
  });

  it('follows as JSON, and what has ended just once', async () => {
    writeFileSync(output, 'one\n');
    const daemon = await cli.serve({ 'attempt.get': () => attempt(ended) });
    expect((await cli.run(['logs', 'r1-a1', '-f', '--json'])).stdout).toBe('{"text":"one\\n"}\n');
    expect(daemon.calls).toHaveLength(1);
  });
});

describe('tina attach', () => {
  it('runs the command of the session and ends as it does', async () => {
    const marker = join(cli.root, 'marker');
    const attachCommand = ['sh', '-c', `echo "[$TMUX]" > ${marker}; exit $0`, '0'];
    await cli.serve({ 'attempt.get': () => attempt({ attachCommand }) });
    expect((await cli.run(['attach', 'r1-a1'])).code).toBe(0);
    await cli.dispose();
    cli = createTestCli();
    await cli.serve({ 'attempt.get': () => attempt({ attachCommand: ['sh', '-c', 'exit 7'] }) });
    expect((await cli.run(['attach', 'r1-a1'])).code).toBe(7);
  });

  it('says that the command cannot be started', async () => {
    await cli.serve({ 'attempt.get': () => attempt({ attachCommand: ['no-such-program-anywhere'] }) });
    const { code, stderr } = await cli.run(['attach', 'r1-a1']);
    expect(code).toBe(1);
    expect(stderr).toContain('no-such-program-anywhere could not be started');
  });

  it.each([
    [ended, 'Attempt r1-a1 has ended (succeeded), and its session with it.', 'next: tina logs r1-a1\n'],
    [
      {},
      'Attempt r1-a1 is running and has no tmux session',
      'next: tina logs r1-a1 --follow\n      tina doctor\n',
    ],
  ])('explains why there is no session', async (fields, message, next) => {
    await cli.serve({ 'attempt.get': () => attempt(fields) });
    const { code, stderr } = await cli.run(['attach', 'r1-a1']);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain(next);
  });
});
