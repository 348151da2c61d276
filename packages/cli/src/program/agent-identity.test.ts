import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { procedures, TinaError } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeDaemon } from '../testing/fake-daemon.test-support.ts';
import { createTestCli, type Outcome, type TestCli } from '../testing/test-cli.test-support.ts';

let cli: TestCli;
let daemon: FakeDaemon;
let socketPath: string;

/** As the server does: it answers an agent's report and nothing else. */
const refuse = (): never => {
  throw new TinaError({
    code: 'not_allowed',
    message: 'An agent may not call it.',
    next: ['tina report --help'],
  });
};

beforeEach(async () => {
  cli = createTestCli();
  socketPath = join(cli.root, 'elsewhere', 'daemon.sock');
  const everything = Object.keys(procedures).map((name) => [name, refuse]);
  daemon = await new FakeDaemon(Object.fromEntries(everything)).listen(socketPath);
});

afterEach(async () => {
  await daemon.close();
  await cli.dispose();
});

/** Starting a daemon would fail at once, and leave a state folder. */
const asAgent = (args: readonly string[]): Promise<Outcome> =>
  cli.run(args, {
    env: { TINA_SOCKET: socketPath, TINA_TOKEN: 'of the attempt' },
    daemonProgram: ['no-such-program'],
  });

const hasStateFolder = (): boolean => existsSync(join(cli.root, 'home'));

describe('G29 within an attempt', () => {
  it.each([
    [['skip', 'sample/review-phase-1', '--reason', 'no']],
    [['runs']],
    [['status', 'sample']],
    [['watch']],
    [['wait', 'sample']],
    [['events', 'sample', '--follow']],
    [['logs', 'r1-a1', '--follow']],
    [['daemon', 'status']],
  ])('%j is asked as the agent, and refused', async (args) => {
    const { code, stderr } = await asAgent(args);
    expect(code).toBe(1);
    expect(stderr).toContain('error: An agent may not call it.');
    expect(stderr).toContain('next: tina report --help');
    expect(daemon.calls.map(({ token }) => token)).toEqual(['of the attempt']);
    expect(hasStateFolder()).toBe(false);
  });

  it.each(['start', 'stop', 'run'])('daemon %s is refused', async (name) => {
    expect(await asAgent(['daemon', name])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `error: An agent may not call daemon.${name}.\nnext: tina report --help\n`,
    });
    expect(daemon.calls).toEqual([]);
    expect(hasStateFolder()).toBe(false);
  });

  it('no daemon is started where there is none', async () => {
    await daemon.close();
    const { code, stderr } = await asAgent(['runs']);
    expect(code).toBe(1);
    expect(stderr).toContain('The daemon that this agent works for does not answer');
    expect(await asAgent(['daemon', 'stop'])).toMatchObject({ code: 1 });
    expect(hasStateFolder()).toBe(false);
  });

  it('doctor makes no state folder, and completion proposes no names', async () => {
    expect((await asAgent(['doctor'])).stdout).toContain('An agent may not call it.');
    expect((await asAgent(['__complete', 'status', 'r'])).stdout).toBe('');
    expect(daemon.calls.map(({ token }) => token)).toEqual(['of the attempt', 'of the attempt']);
    expect(hasStateFolder()).toBe(false);
  });

  it('one of the two variables alone makes no agent', async () => {
    mkdirSync(join(cli.root, 'home'));
    const operator = await cli.serve({ 'run.list': () => [] });
    await cli.run(['runs'], { env: { TINA_SOCKET: socketPath } });
    await cli.run(['runs'], { env: { TINA_TOKEN: 'of the attempt' } });
    expect(operator.calls.map(({ token }) => token)).toEqual([undefined, undefined]);
    expect(daemon.calls).toEqual([]);
  });
});
