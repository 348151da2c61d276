import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TinaError } from '@tina/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openHome } from './open-home.ts';
import { resolvePaths, type HomePaths } from './paths.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tina-home-'));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

const pathsFor = (env: Record<string, string>): HomePaths =>
  resolvePaths({ env, cwd: '/srv/app', home: '/srv/me' });

describe('resolvePaths', () => {
  it('puts everything below TINA_HOME when that is set', () => {
    expect(pathsFor({ TINA_HOME: '/t', XDG_STATE_HOME: '/xs' })).toEqual({
      root: '/t',
      stateDir: '/t/state',
      configDir: '/t/config',
      configPath: '/t/config/config.yaml',
      socketPath: '/t/state/daemon.sock',
      databasePath: '/t/state/tina.db',
      lockPath: '/t/state/daemon.lock',
      homeIdPath: '/t/state/home-id',
      versionPath: '/t/state/daemon.version',
      stoppedPath: '/t/state/daemon.stopped',
      agentTestsPath: '/t/state/agent-tests.json',
      attemptsDir: '/t/state/attempts',
      checksDir: '/t/state/checks',
      logsDir: '/t/state/logs',
      worktreesDir: '/t/state/worktrees',
      tmuxSocketPath: '/t/state/tmux.sock',
    });
  });

  it('takes a relative TINA_HOME from where one stands', () => {
    expect(pathsFor({ TINA_HOME: 'mine' }).stateDir).toBe('/srv/app/mine/state');
  });

  it('uses the XDG folders, and their defaults where a variable is missing, empty or relative', () => {
    expect(pathsFor({ XDG_STATE_HOME: '/xs', XDG_CONFIG_HOME: '/xc' })).toMatchObject({
      root: null,
      stateDir: '/xs/tina',
      configDir: '/xc/tina',
    });
    for (const env of [{}, { TINA_HOME: '' }, { XDG_STATE_HOME: 'relative', XDG_CONFIG_HOME: '' }]) {
      expect(pathsFor(env)).toMatchObject({
        stateDir: '/srv/me/.local/state/tina',
        configDir: '/srv/me/.config/tina',
      });
    }
  });

  it('G31 refuses a folder in which no socket could be made', () => {
    const longest = `/${'x'.repeat(100 - '/'.length - '/state/daemon.sock'.length)}`;
    expect(Buffer.byteLength(pathsFor({ TINA_HOME: longest }).socketPath)).toBe(100);
    expect(() => pathsFor({ TINA_HOME: `${longest}x` })).toThrow(
      expect.objectContaining({
        code: 'socket_path_too_long',
        next: ['TINA_HOME=<a shorter folder> tina ...'],
      }) as Error,
    );
    // Bytes count, not characters.
    expect(() => pathsFor({ TINA_HOME: `/${'ä'.repeat(50)}` })).toThrow(/119 bytes/);
  });
});

describe('openHome', () => {
  const paths = (): HomePaths => pathsFor({ TINA_HOME: join(root, 'home') });

  function failure(): TinaError {
    try {
      openHome(paths());
    } catch (error) {
      if (error instanceof TinaError) return error;
      throw error;
    }
    throw new Error('it should have failed');
  }

  it('G30 makes the folders for the owner alone', () => {
    const home = openHome(paths());
    for (const folder of [home.stateDir, home.attemptsDir, home.checksDir, home.logsDir, home.worktreesDir]) {
      expect(statSync(folder).mode & 0o777).toBe(0o700);
    }
    expect(statSync(home.homeIdPath).mode & 0o777).toBe(0o600);
  });

  it('closes a state folder that was open for others', () => {
    mkdirSync(paths().stateDir, { recursive: true, mode: 0o755 });
    chmodSync(paths().stateDir, 0o755);
    openHome(paths());
    expect(statSync(paths().stateDir).mode & 0o777).toBe(0o700);
  });

  it('gives a home one id for ever', () => {
    const first = openHome(paths());
    expect(first.homeId).toMatch(/^[0-9a-f-]{36}$/);
    expect(openHome(paths()).homeId).toBe(first.homeId);
    expect(readFileSync(first.homeIdPath, 'utf8')).toBe(`${first.homeId}\n`);
    expect(readdirSync(first.stateDir).filter((name) => name.startsWith('home-id'))).toEqual(['home-id']);
  });

  it('takes the id of whoever was first', () => {
    mkdirSync(paths().stateDir, { recursive: true });
    writeFileSync(paths().homeIdPath, 'earlier\n');
    expect(openHome(paths()).homeId).toBe('earlier');
  });

  it('says that a folder cannot be made, and what to do', () => {
    writeFileSync(join(root, 'home'), 'a file');
    const error = failure();
    expect(error).toMatchObject({
      code: 'home_unusable',
      next: [expect.stringContaining('ls -ld'), expect.stringContaining('TINA_HOME=')],
    });
    expect(existsSync(paths().stateDir)).toBe(false);
  });

  it("refuses another user's folder", () => {
    openHome(paths());
    vi.spyOn(process, 'getuid').mockReturnValue(424242);
    expect(failure()).toMatchObject({
      code: 'home_owner',
      message: expect.stringContaining('you are 424242') as string,
    });
  });

  it('says that a home is read-only', ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may write everywhere');
    mkdirSync(join(root, 'home'));
    chmodSync(join(root, 'home'), 0o500);
    expect(failure()).toMatchObject({ code: 'home_read_only', place: { file: paths().stateDir } });
    chmodSync(join(root, 'home'), 0o700);
  });

  it('says that a file system is read-only, or takes no folders', ({ skip }) => {
    skip(!existsSync('/proc/sys'), 'there is no /proc');
    const home = pathsFor({ TINA_HOME: '/proc/sys/kernel/tina' });
    expect(() => openHome(home)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^home_/) as string }) as Error,
    );
  });
});
