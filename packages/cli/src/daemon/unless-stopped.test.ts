import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@tina/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { resolvePaths, type HomePaths } from '../home/paths.ts';
import { createTestCli, type TestCli } from '../testing/test-cli.test-support.ts';

/** The service from the moment on at which `tina daemon run` has looked at the mark. */
const SERVICE = `
  const [unlessStopped] = process.argv.slice(1);
  const { openHome } = await import('./home/open-home.ts');
  const { resolvePaths } = await import('./home/paths.ts');
  const { runDaemon } = await import('./service/run-daemon.ts');
  const { env } = process;
  const home = openHome(resolvePaths({ env, cwd: '/', home: '/' }));
  process.exitCode = await runDaemon({ home, version: '1', unlessStopped: unlessStopped === 'yes', env });`;

let cli: TestCli;
let paths: HomePaths;
let service: ChildProcess | null = null;

beforeEach(() => {
  cli = createTestCli();
  paths = resolvePaths({ env: { TINA_HOME: join(cli.root, 'home') }, cwd: '/', home: '/' });
  mkdirSync(paths.stateDir, { recursive: true });
  writeFileSync(paths.stoppedPath, '');
});

afterEach(async () => {
  service?.kill('SIGKILL');
  await cli.dispose();
});

function serve(unlessStopped: 'yes' | 'no'): Promise<unknown> {
  service = spawn(process.execPath, ['--input-type=module', '-e', SERVICE, unlessStopped], {
    cwd: join(import.meta.dirname, '..'),
    env: { PATH: process.env['PATH'] ?? '', TINA_HOME: join(cli.root, 'home') },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return once(service, 'exit').then(([code]) => code as unknown);
}

it('a daemon that was stopped while it came up ends by itself, and stays stopped', async () => {
  expect(await serve('yes')).toBe(0);
  expect(existsSync(paths.stoppedPath)).toBe(true);
  expect(existsSync(paths.socketPath)).toBe(false);
});

it('a daemon that a command needs is not stopped any more once it listens', async () => {
  const ended = serve('no');
  await vi.waitUntil(() => !existsSync(paths.stoppedPath), { timeout: 15_000 });
  const client = await connect({ socketPath: paths.socketPath });
  await client.call('daemon.stop', {});
  client.close();
  expect(await ended).toBe(0);
  expect(existsSync(paths.stoppedPath)).toBe(true);
});
