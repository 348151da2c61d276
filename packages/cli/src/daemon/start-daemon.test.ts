import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resolvePaths, type HomePaths } from '../home/paths.ts';
import { createTestCli, type TestCli } from '../testing/test-cli.test-support.ts';
import { ensureDaemon } from './ensure-daemon.ts';
import { startDaemon } from './start-daemon.ts';

const program = [
  process.execPath,
  fileURLToPath(new URL('../testing/fixtures/test-daemon.mjs', import.meta.url)),
];

let cli: TestCli;
let paths: HomePaths;

beforeEach(() => {
  cli = createTestCli();
  paths = resolvePaths({ env: { TINA_HOME: join(cli.root, 'home') }, cwd: '/', home: '/' });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await cli.run(['daemon', 'stop']);
  await cli.dispose();
});

describe('startDaemon', () => {
  const start = (plan: string, timeoutMs: number) =>
    startDaemon({ paths, env: { DAEMON_TEST: plan }, program, timeoutMs });

  it('gives up on a daemon that does not answer, and shows where its log is', async () => {
    await expect(start('hangs', 300)).rejects.toMatchObject({
      code: 'daemon_silent',
      message: 'The daemon was started and did not answer within 0.3 s.',
      place: { file: join(paths.logsDir, 'daemon.log') },
    });
  });

  it('says that another process holds the lock and does not answer', async () => {
    mkdirSync(paths.stateDir, { recursive: true });
    writeFileSync(paths.lockPath, 'pid 1');
    await expect(start('', 1_500)).rejects.toMatchObject({
      code: 'daemon_silent',
      message: expect.stringContaining("holds the daemon's lock") as string,
      place: { file: paths.lockPath },
      next: [`cat ${paths.lockPath}`, 'tina daemon status'],
    });
  });

  it('starts another when the holder of the lock ends', async () => {
    mkdirSync(paths.stateDir, { recursive: true });
    writeFileSync(paths.lockPath, 'pid 1');
    const started = start('', 10_000);
    await vi.waitFor(() => expect(() => rmSync(join(paths.stateDir, 'starts'))).not.toThrow(), {
      timeout: 5_000,
    });
    rmSync(paths.lockPath);
    const client = await started;
    expect(await client.call('daemon.status', {})).toMatchObject({ version: '1.2.3' });
    client.close();
  });
});

describe('ensureDaemon', () => {
  it("G30 neither uses nor replaces another user's socket", async () => {
    mkdirSync(paths.stateDir, { recursive: true });
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(paths.socketPath, resolve);
    });
    vi.spyOn(process, 'getuid').mockReturnValue(424242);
    const warn = vi.fn<(message: string) => void>();
    await expect(ensureDaemon({ paths, env: {}, version: '1', warn, program })).rejects.toMatchObject({
      code: 'socket_owner',
    });
    server.close();
  });

  it('says that a socket may not be used', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may use every socket');
    mkdirSync(paths.stateDir, { recursive: true });
    chmodSync(paths.stateDir, 0o000);
    const warn = vi.fn<(message: string) => void>();
    await expect(ensureDaemon({ paths, env: {}, version: '1', warn, program })).rejects.toMatchObject({
      code: 'socket_forbidden',
    });
    chmodSync(paths.stateDir, 0o700);
  });
});
