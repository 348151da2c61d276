import { buildApplication, generateHelpTextForAllCommands } from '@stricli/core';
import { TinaError, type ErrorData } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApplication } from './program/application.ts';
import { allRoutes } from './program/routes.ts';
import { createTestCli, type TestCli } from './testing/test-cli.test-support.ts';

let cli: TestCli;

beforeEach(() => {
  cli = createTestCli();
});

afterEach(() => cli.dispose());

const errorOf = (stderr: string): ErrorData => (JSON.parse(stderr) as { error: ErrorData }).error;

describe('G31 an option by a name that every object has', () => {
  it.each([
    ['--toString'],
    ['verify', '--constructor', 'x'],
    ['runs', '--no-to-string'],
    ['runs', '--value-of=3'],
    ['runs', '--json', '--__proto__'],
  ])('is refused aloud: %s %s %s', async (...args: readonly (string | undefined)[]) => {
    const { code, stdout, stderr } = await cli.run(args.filter((word) => word !== undefined));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('No flag registered for --');
  });
});

describe('help', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])(
    'with %j lists every command by what one wants',
    async (args) => {
      const { code, stdout, stderr } = await cli.run(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const command of ['orchestrate', 'init', 'status', 'approve', 'cleanup', 'completion']) {
        expect(stdout).toMatch(new RegExp(`^  ${command} +[A-Z]`, 'm'));
      }
      expect(stdout).not.toContain('__complete');
      expect(stdout).not.toMatch(/^ {2}report/m);
    },
  );

  it('of every command has an example that is the command', () => {
    const commands = generateHelpTextForAllCommands(createApplication([], () => {}) as never);
    expect(commands.length).toBeGreaterThan(25);
    const lacking = commands.filter(
      ([route, help]) =>
        !/EXAMPLES\n {2}\S/.test(help) ||
        !help.includes(`tina ${route.replace(/^tina /, '')}`) ||
        help.includes('undefined'),
    );
    expect(lacking).toEqual([]);
  });

  it('and options of no command collide', () => {
    const scanner = { caseStyle: 'allow-kebab-for-camel' } as const;
    expect(() => buildApplication(allRoutes(), { name: 'tina', scanner })).not.toThrow();
  });

  it('of a command tells its options and exit codes', async () => {
    const { code, stdout } = await cli.run(['wait', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('tina wait [--timeout duration] [--json] <run>');
    expect(stdout).toContain('Exit code: 0 complete, 1 blocked or cancelled, 2 timeout, 3 lost');
    expect(stdout).not.toContain('\u001B');
    expect((await cli.run(['help', 'wait'])).stdout).toBe(stdout);
  });

  it('of report says how agents use it', async () => {
    expect((await cli.run(['report', '--help'])).stdout).toContain('TINA_SOCKET');
    expect((await cli.run(['report', 'review', '--help'])).stdout).toContain('severity|file:line|message');
  });
});

describe('wrong usage', () => {
  it('is exit code 2, with the nearest command', async () => {
    const { code, stdout, stderr } = await cli.run(['orchestrat']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      'error: There is no command "orchestrat"; did you mean orchestrate?\nnext: tina --help\n',
    );
  });

  it('proposes a command only when it is near', async () => {
    expect((await cli.run(['daemon', 'foo'])).stderr).toContain('There is no command "foo".\n');
    expect((await cli.run(['tina'])).stderr).toContain('There is no command "tina".\n');
    expect((await cli.run(['daemon', 'stat'])).stderr).toContain('did you mean start?');
  });

  it.each([
    [['skip', 'r1-t1', '--reason', ' '], 'reason must say something, not " "', 'tina skip --help'],
    [['status', '--jsn'], 'jsn', 'tina status --help'],
    [['wait'], 'run', 'tina wait --help'],
    [
      ['wait', 'r1', '--timeout', 'soon'],
      'timeout must be a duration such as 30s, 10m or 1h30m, not "soon"',
      'tina wait --help',
    ],
    [
      ['orchestrate', 'd.md', '--parallel', '0'],
      'must be a whole number from 1 to 64, not "0"',
      'tina orchestrate --help',
    ],
    [['orchestrate', 'd.md', '--finalize', 'merg'], 'merge', 'tina orchestrate --help'],
    [['events', '--after', '-1'], '-1', 'tina events --help'],
    [['skip', 't1'], 'reason', 'tina skip --help'],
    [['status', 'a', 'b'], 'b', 'tina status --help'],
    [['daemon', 'stop', '--now'], 'now', 'tina daemon stop --help'],
    [['completion', 'tcsh'], 'must be bash, zsh or fish', 'tina completion --help'],
  ])('%j says what is wrong and where to look', async (args, text, next) => {
    const { code, stderr } = await cli.run(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(text);
    expect(stderr).toContain(`next: ${next}\n`);
  });

  it('is JSON with --json, all mistakes in one', async () => {
    const { code, stderr } = await cli.run(['wait', '--timeout', 'soon', '--json']);
    expect(code).toBe(2);
    expect(stderr.trimEnd()).not.toContain('\n');
    const error = errorOf(stderr);
    expect(error).toMatchObject({ code: 'usage', next: ['tina wait --help'] });
    expect([error.message, ...error.details].join('\n')).toMatch(/run[^]*soon|soon[^]*run/);
  });
});

describe('errors', () => {
  it("shows the daemon's refusal with its fields, exit code 1", async () => {
    await cli.serve({
      'task.retry': () => {
        throw new TinaError({ code: 'no_such_task', message: 'There is no task t9.', next: ['tina tasks'] });
      },
    });
    const { code, stderr } = await cli.run(['retry', 't9']);
    expect(code).toBe(1);
    expect(stderr).toBe('error: There is no task t9.\nnext: tina tasks\n');
    expect(errorOf((await cli.run(['retry', 't9', '--json'])).stderr).code).toBe('no_such_task');
  });

  it('takes what the daemon says of the request as wrong usage', async () => {
    await cli.serve({
      'gate.reject': () => {
        throw new TinaError({ code: 'bad_input', message: 'comment: too long', place: { field: 'comment' } });
      },
    });
    const { code, stderr } = await cli.run(['reject', 'g1', '--comment', 'x']);
    expect(code).toBe(2);
    expect(stderr).toContain('at (comment)');
  });

  it('owns up to its own mistakes', async () => {
    await cli.serve({ 'run.list': () => 5 });
    const { code, stderr } = await cli.run(['runs']);
    expect(code).toBe(1);
    expect(stderr).toContain('error: Tina made a mistake: ');
    expect(stderr).toContain('runs.ts');
    expect(stderr).toContain('tina doctor --json');
  });

  it('says the same of what is no error at all', async () => {
    const fail = vi.fn<(error: TinaError) => void>();
    const { config } = createApplication(['daemon', 'stop'], fail);
    const text = 'text' in config.localization ? config.localization.text : null;
    text?.exceptionWhileRunningCommand('a string', false);
    text?.exceptionWhileParsingArguments('another', false);
    text?.exceptionWhileParsingArguments(new Error('a third'), false);
    expect(fail.mock.calls.map(([error]) => [error.code, error.message, error.next[0]])).toEqual([
      ['internal', 'Tina made a mistake: a string', 'report it with the lines above and  tina doctor --json'],
      ['usage', 'another', 'tina daemon stop --help'],
      ['usage', 'a third', 'tina daemon stop --help'],
    ]);
  });

  it('G30 never talks to a socket whose path is too long or whose folder is broken', async () => {
    const { code, stderr } = await cli.run(['runs'], { env: { TINA_HOME: `/${'x'.repeat(120)}` } });
    expect(code).toBe(1);
    expect(stderr).toContain("The path of the daemon's socket has 139 bytes");
  });

  it('has colours on a terminal only', async () => {
    expect((await cli.run(['nonsense'], { columns: 80 })).stderr).toContain('\u001B[31m');
    expect((await cli.run(['nonsense'], { columns: 80, env: { NO_COLOR: '1' } })).stderr).not.toContain(
      '\u001B',
    );
  });
});
