import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CheckDefinition, CheckResult } from '@tina/domain';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { endMarkedProcesses, isAlive, readProcessIdentity } from '../process/index.ts';
import type { ProcessIdentity } from '../process/index.ts';
import { runCheck } from './run-check.ts';
import type { RunCheck } from './run-check.ts';
import { runChecks } from './run-checks.ts';

let stateDir: string;
let marker: Readonly<Record<string, string>>;
let env: Readonly<Record<string, string>>;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'tina-check-'));
  marker = { TINA_CHECK: randomUUID() };
  env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
});

afterEach(async () => {
  await endMarkedProcesses({ marker, processGroups: [], graceMs: 0 });
  await rm(stateDir, { recursive: true });
});

const define = (command: string, more: Partial<CheckDefinition> = {}): CheckDefinition => ({
  name: 'test',
  command,
  at: ['task'],
  timeoutMs: 30_000,
  failures: null,
  ...more,
});

const parametersOf = (definition: CheckDefinition): RunCheck => ({
  definition,
  cwd: stateDir,
  env,
  outputPath: join(stateDir, 'checks', 'j1', 'test.log'),
  stateDir,
  marker,
});

const check = (command: string, more: Partial<CheckDefinition> = {}): Promise<CheckResult> =>
  runCheck(parametersOf(define(command, more)));

const keptOutput = (): Promise<string> => readFile(join(stateDir, 'checks', 'j1', 'test.log'), 'utf8');

async function writtenPid(name: string): Promise<ProcessIdentity> {
  return vi.waitFor(
    async () => {
      const identity = await readProcessIdentity(Number(await readFile(join(stateDir, name), 'utf8')));
      expect(identity).not.toBeNull();
      return identity!;
    },
    { timeout: 8_000 },
  );
}

describe('the output of a check', () => {
  it('G30 has no secret in it, wherever it is cut, neither in the file nor at its end, nor in the names of failures', async () => {
    const secrets = [{ name: 'DB_PASS', value: 'hünter-22-hünter' }];
    const command = `printf '\\377FAIL h\\303'; sleep 0.1; printf '\\274nter-22-'; sleep 0.1; echo 'hünter'; exit 1`;
    const definition = define(command, { failures: '^.*FAIL (.*)$' });
    const result = await runCheck({ ...parametersOf(definition), secrets });
    expect(result).toMatchObject({ outcome: 'failed', failures: ['[DB_PASS]'] });
    expect(result.outputTail).toBe('\uFFFDFAIL [DB_PASS]\n');
    const file = await readFile(join(stateDir, 'checks', 'j1', 'test.log'));
    expect(file).toEqual(Buffer.from('\xffFAIL [DB_PASS]\n', 'latin1'));
  });
});

describe('the outcome of a check', () => {
  it('is passed when the command exits with 0', async () => {
    expect(await check('echo fine')).toMatchObject({
      name: 'test',
      outcome: 'passed',
      exitCode: 0,
      failures: [],
      outputPath: 'checks/j1/test.log',
      outputTail: 'fine\n',
    });
  });

  it('is failed when it exits with anything else', async () => {
    expect(await check('echo no; exit 3')).toMatchObject({
      outcome: 'failed',
      exitCode: 3,
      outputTail: 'no\n',
    });
  });

  it.each(['no-such-command-anywhere', 'true; no-such-command-anywhere', '/', 'exit 126'])(
    'G16 is could_not_run when there is no such command: %s',
    async (command) => {
      expect(await check(command)).toMatchObject({ outcome: 'could_not_run' });
    },
  );

  it('G16 is could_not_run when the folder is missing', async () => {
    const parameters = { ...parametersOf(define('true')), cwd: join(stateDir, 'missing') };
    const result = await runCheck(parameters);
    expect(result).toMatchObject({ outcome: 'could_not_run', exitCode: null });
    expect(result.outputTail).toContain('could not be started');
  });

  it('G16 is could_not_run when the command holds what no command can', async () => {
    expect(await check('echo a\0b')).toMatchObject({ outcome: 'could_not_run', exitCode: null });
  });

  it.each(['kill -KILL $$', 'kill -TERM $$', `sh -c 'kill -KILL $$'; exit $?`])(
    'G16 is could_not_run when something else killed it: %s',
    async (command) => {
      const result = await check(command);
      expect(result.outcome).toBe('could_not_run');
      expect(result.outputTail).toMatch(/ended by SIG(?:KILL|TERM)\]\n$/);
    },
  );

  it.each(['kill -SEGV $$', `sh -c 'kill -ABRT $$'; exit $?`])(
    'is failed when it crashed: %s',
    async (command) => {
      expect(await check(`ulimit -c 0; ${command}`)).toMatchObject({ outcome: 'failed' });
    },
  );

  it('is timed_out when it takes too long', async () => {
    const result = await check('echo begun; sleep 60', { timeoutMs: 100 });
    expect(result).toMatchObject({ outcome: 'timed_out', exitCode: null, outputTail: 'begun\n' });
    expect(result.durationMs).toBeGreaterThanOrEqual(100);
    expect(result.durationMs).toBeLessThan(2_000);
  });
});

describe('a check runs', () => {
  it('with the given environment and the marker, and nothing of the daemon', async () => {
    vi.stubEnv('SECRET_OF_THE_DAEMON', 'hidden');
    const result = await check('env');
    vi.unstubAllEnvs();
    const names = result.outputTail.split('\n').map((line) => line.split('=')[0] ?? '');
    const ofTheShell = ['PWD', 'OLDPWD', 'SHLVL', '_', ''];
    const given = names.filter((name) => !ofTheShell.includes(name));
    expect(new Set(given)).toEqual(new Set(['PATH', 'TINA_CHECK']));
  });

  it('without input', async () => {
    expect(await check('cat; echo done')).toMatchObject({ outcome: 'passed', outputTail: 'done\n' });
  });

  it('with quotes, several lines and comments in its command', async () => {
    const result = await check(`printf '%s\\n' "a 'b' \\$c" # note\nif true; then echo two; fi`);
    expect(result.outputTail).toBe(`a 'b' $c\ntwo\n`);
  });

  it('in the given folder', async () => {
    await check('echo here > here');
    expect(await readFile(join(stateDir, 'here'), 'utf8')).toBe('here\n');
  });

  it('not at all when it was called off before', async () => {
    const reason = new Error('called off');
    const signal = AbortSignal.abort(reason);
    await expect(runCheck({ ...parametersOf(define('echo > ran')), signal })).rejects.toBe(reason);
    await expect(stat(join(stateDir, 'ran'))).rejects.toThrow('ENOENT');
  });
});

describe('what a check leaves behind is ended (G14)', () => {
  const stubborn = (name: string): string =>
    `trap '' TERM HUP; echo $$ > ${name}; while :; do sleep 0.01; done`;
  const inBackground = (name: string): string => `sh -c '${stubborn(name).replaceAll("'", `'\\''`)}' &`;
  const waitFor = (name: string): string => `while [ ! -s ${name} ]; do sleep 0.01; done`;

  it('in its process group, and does not hold up the result', async () => {
    const result = await check(`${inBackground('left')} ${waitFor('left')}; cat left`);
    expect(result.outcome).toBe('passed');
    expect(await readProcessIdentity(Number(result.outputTail))).toBeNull();
    expect(result.durationMs).toBeLessThan(3_000);
  });

  it('in a session of its own', async () => {
    const daemonise = `"${process.execPath}" -e 'require("child_process").spawn("/bin/sh", ["-c", "echo $$ > left; exec sleep 60"], {detached: true, stdio: "inherit"}).unref()'`;
    const result = await check(`${daemonise}; ${waitFor('left')}; cat left`);
    expect(result.outcome).toBe('passed');
    expect(await readProcessIdentity(Number(result.outputTail))).toBeNull();
  });

  it('without the marker, in its process group', async () => {
    const result = await check(
      `env -i /bin/sh -c 'echo $$ > left; exec /bin/sleep 60' & ${waitFor('left')}; cat left`,
    );
    expect(await readProcessIdentity(Number(result.outputTail))).toBeNull();
  });

  it('when it ran out of time: asked first, then killed', async () => {
    const polite = `sh -c 'trap "echo bye > bye; exit" TERM; while :; do sleep 0.01; done' &`;
    const checking = check(`${polite} ${inBackground('left')} wait`, { timeoutMs: 500 });
    const left = await writtenPid('left');
    const result = await checking;
    expect(result.outcome).toBe('timed_out');
    expect(await readFile(join(stateDir, 'bye'), 'utf8')).toBe('bye\n');
    expect(await isAlive(left)).toBe(false);
    // SIGKILL came two seconds after SIGTERM.
    expect(result.durationMs).toBeGreaterThanOrEqual(2_500);
    expect(result.durationMs).toBeLessThan(5_000);
  });

  it('when it is called off', async () => {
    const reason = new Error('the run was cancelled');
    const controller = new AbortController();
    const checking = runCheck({
      ...parametersOf(define('echo $$ > pid; sleep 60; true')),
      signal: controller.signal,
    });
    const shell = await writtenPid('pid');
    controller.abort(reason);
    await expect(checking).rejects.toBe(reason);
    expect(await isAlive(shell)).toBe(false);
  });
});

describe('the output of a check', () => {
  it('is kept in the order in which it was printed', async () => {
    const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`);
    await check(lines.map((line, index) => `echo '${line}' ${index % 2 ? '>&2' : ''}`).join('; '));
    expect((await keptOutput()).trimEnd().split('\n')).toEqual(lines);
  });

  it('is readable by its owner alone', async () => {
    await check('echo secret');
    expect((await stat(join(stateDir, 'checks', 'j1', 'test.log'))).mode & 0o077).toBe(0);
  });

  it('replaces that of an earlier run', async () => {
    await check('echo a long first output');
    await check('echo second');
    expect(await keptOutput()).toBe('second\n');
  });

  it('is cut after 20 MB, with a note and the end, and all of it is taken from the command', async () => {
    const result = await check(`head -c 30000000 /dev/zero | tr '\\0' 'x'; echo; echo the end`);
    expect(result.outcome).toBe('passed');
    expect(result.outputTail.endsWith('the end\n')).toBe(true);
    const kept = await keptOutput();
    expect(kept.length).toBeLessThan(22_000_000);
    expect(kept.length).toBeGreaterThan(20_000_000);
    expect(kept).toMatch(/\n\[tina: \d+ bytes of output are left out here\]\nx+\nthe end\n$/);
  });

  it('is given up where it cannot be written, the check is not', async () => {
    const outputPath = '/dev/null/test.log';
    const result = await runCheck({ ...parametersOf(define('echo fine')), outputPath });
    expect(result).toMatchObject({ outcome: 'passed', outputPath: null, outputTail: 'fine\n' });
  });

  it('is taken also where the disk is full', async (context) => {
    const full = await stat('/dev/full').catch(() => null);
    if (!full) context.skip('there is no /dev/full');
    const result = await runCheck({ ...parametersOf(define('echo fine')), outputPath: '/dev/full' });
    expect(result).toMatchObject({ outcome: 'passed', outputPath: null, outputTail: 'fine\n' });
  });
});

describe('the failures of a check', () => {
  const failures = '^FAIL (\\S+)';

  it('are named by the pattern, sorted and without doubles', async () => {
    const print = `printf 'FAIL b x\\nok c\\n\\033[31mFAIL\\033[0m a\\r\\nFAIL b\\n  FAIL d\\n'; exit 1`;
    expect((await check(print, { failures })).failures).toEqual(['a', 'b']);
  });

  it('are the whole match where the pattern has no group', async () => {
    const print = 'echo "x.ts:3 error TS1 y.ts:4 error TS2"; exit 1';
    const result = await check(print, { failures: '\\S+:\\d+ error TS\\d' });
    expect(result.failures).toEqual(['x.ts:3 error TS1', 'y.ts:4 error TS2']);
  });

  it('are none where the check passed or could not run', async () => {
    expect((await check('echo FAIL a', { failures })).failures).toEqual([]);
    expect((await check('echo FAIL a; exit 127', { failures })).failures).toEqual([]);
  });

  it('are those that it got to when it ran out of time', async () => {
    const result = await check('echo FAIL a; sleep 60', { failures, timeoutMs: 200 });
    expect(result).toMatchObject({ outcome: 'timed_out', failures: ['a'] });
  });

  it('G17 hold one that no other run has when they cannot all be named', async () => {
    const tooMany = 'i=0; while [ $i -lt 1100 ]; do echo FAIL $i; i=$((i+1)); done; exit 1';
    const { failures: many } = await check(tooMany, { failures });
    expect(many).toHaveLength(1_001);
    expect(many).toContain('more than could be named, see checks/j1/test.log');

    const { failures: broken } = await check('echo FAIL a; exit 1', { failures: '(' });
    expect(broken).toEqual(['more than could be named, see checks/j1/test.log']);

    const cut = `echo FAIL a; head -c 30000000 /dev/zero | tr '\\0' 'x'; echo FAIL hidden; exit 1`;
    expect((await check(cut, { failures })).failures).toContain(
      'more than could be named, see checks/j1/test.log',
    );
  });
});

describe('several checks', () => {
  it('run one after the other, and all of them', async () => {
    const definitions = [
      define('echo one >> order; exit 1', { name: 'one' }),
      define('cat order; echo two >> order', { name: 'two' }),
    ];
    const results = await runChecks({
      definitions,
      cwd: stateDir,
      env,
      stateDir,
      outputDirectory: join(stateDir, 'checks', 'j2'),
      marker,
    });
    expect(results.map(({ name, outcome, outputPath }) => [name, outcome, outputPath])).toEqual([
      ['one', 'failed', 'checks/j2/one.log'],
      ['two', 'passed', 'checks/j2/two.log'],
    ]);
    expect(results[1]?.outputTail).toBe('one\n');
  });
});
