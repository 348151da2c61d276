import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestCli, type TestCli } from '../testing/test-cli.test-support.ts';

let cli: TestCli;

beforeEach(() => {
  cli = createTestCli();
});
afterEach(() => cli.dispose());

it('starts the harness and passes on what it prints and its exit code', async () => {
  const list = await cli.run(['harness', 'list', '--json']);
  expect(list).toMatchObject({ code: 0, stderr: '' });
  const names = list.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly name: string }).name);
  expect(names).toContain('single-phase');

  const unknown = await cli.run(['harness', 'run', 'no-such', '--skip-build', '--runs', '2']);
  expect(unknown).toMatchObject({ code: 2, stdout: '' });
  expect(unknown.stderr).toContain('There is no scenario "no-such"');
});

it('makes a scenario where the command is run', async () => {
  const { code, stdout } = await cli.run(['harness', 'new', 'mine'], { columns: 100 });
  expect(code).toBe(0);
  expect(stdout).toContain(join(cli.root, 'mine'));
  expect(readdirSync(join(cli.root, 'mine'))).toContain('scenario.yaml');
});

it('looks for results where Tina keeps its state', async () => {
  const { code, stderr } = await cli.run(['harness', 'report', '--json']);
  expect(code).toBe(1);
  const { error } = JSON.parse(stderr) as {
    readonly error: { readonly code: string; readonly place: unknown };
  };
  expect(error.code).toBe('no_results');
  expect(error.place).toMatchObject({ file: join(cli.root, 'home', 'state', 'harness', 'last.json') });
  expect(existsSync(join(cli.root, 'harness-report.html'))).toBe(false);
});

it('proposes commands, options and the names of scenarios', async () => {
  const complete = async (...words: string[]): Promise<readonly string[]> => {
    const { stdout } = await cli.run(['__complete', '--', 'harness', ...words]);
    return stdout.split('\n').flatMap((line) => line.split('\t')[0] || []);
  };
  expect(await complete('')).toEqual(['list', 'run', 'new', 'report']);
  expect(await complete('run', 'single-p')).toEqual(['single-phase']);
  expect(await complete('run', '--sk')).toEqual(['--skip-build']);
});

it('refuses bad numbers, and an agent at work', async () => {
  expect((await cli.run(['harness', 'run', 'x', '--runs', '0'])).code).toBe(2);
  const env = { TINA_SOCKET: '/tmp/none.sock', TINA_TOKEN: 't' };
  const { code, stderr } = await cli.run(['harness', 'list'], { env });
  expect([code, stderr]).toEqual([1, expect.stringContaining('An agent may not call the harness.')]);
});

it('has help for each command', async () => {
  for (const name of ['list', 'run', 'new', 'report']) {
    const { code, stdout } = await cli.run(['harness', name, '--help']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('EXAMPLES')]);
  }
});
