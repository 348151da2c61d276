import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestCli, type TestCli } from './testing/test-cli.test-support.ts';
import { makeRun } from './testing/views.test-support.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

let cli: TestCli;

beforeEach(() => {
  cli = createTestCli();
});

afterEach(() => cli.dispose());

interface End {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as a process of its own. */
function tina(...args: string[]): Promise<End> {
  const env = { ...process.env, TINA_HOME: join(cli.root, 'home'), NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd: cli.root, env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

describe('the program', () => {
  it('tells its version', async () => {
    const root = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    for (const flag of ['--version', '-v']) {
      expect(await tina(flag)).toEqual({ code: 0, stdout: `${root.version}\n`, stderr: '' });
    }
  });

  it('ends with the code of its command', async () => {
    await cli.serve({ 'run.get': () => makeRun() });
    expect(await tina('status', 'r1', '--json')).toEqual({
      code: 0,
      stdout: `${JSON.stringify(makeRun())}\n`,
      stderr: '',
    });
    expect(await tina('nonsense')).toMatchObject({ code: 2, stdout: '' });
    expect(await tina('orchestrate', 'no-such.md')).toMatchObject({ code: 1, stdout: '' });
  });

  it('leaves a run going on a real Ctrl-C', async () => {
    await cli.serve({
      'run.get': () => makeRun(),
      'run.watch': async function* (_input, { signal }) {
        yield makeRun();
        await new Promise((resolve) => {
          signal.addEventListener('abort', resolve);
        });
      },
    });
    const env = { ...process.env, TINA_HOME: join(cli.root, 'home') };
    const child = spawn(process.execPath, [main, 'watch', 'r1'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.includes('is executing') && !stdout.includes('goes on')) child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => {
      child.on('close', resolve);
    });
    expect(code).toBe(130);
    expect(stdout).toContain('The run goes on. Come back with:  tina watch r1');
  });

  it('ends quietly when nobody reads any more', async () => {
    await cli.serve({
      'timeline.list': () =>
        Array.from({ length: 999 }, (_, number) => ({ event: { number, at: 0, type: 'x', data: {} } })),
    });
    const env = { ...process.env, TINA_HOME: join(cli.root, 'home') };
    const command = `"${process.execPath}" "${main}" events r1 | head -1`;
    const end = await new Promise<End>((resolve) => {
      execFile('sh', ['-c', command], { env }, (error, stdout, stderr) => {
        resolve({ code: Number(error?.code ?? 0), stdout, stderr });
      });
    });
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout.split('\n')).toHaveLength(2);
  });
});
