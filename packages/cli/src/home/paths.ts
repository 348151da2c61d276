import { join, resolve } from 'node:path';
import { TinaError } from '@tina/contract';

/** Where everything of one Tina is. All paths are absolute. */
export interface HomePaths {
  /** `TINA_HOME`; null where the XDG folders are used. */
  readonly root: string | null;
  readonly stateDir: string;
  readonly configDir: string;
  /** The user's configuration file. */
  readonly configPath: string;
  readonly socketPath: string;
  readonly databasePath: string;
  readonly lockPath: string;
  readonly homeIdPath: string;
  /** The version of the daemon that was started last. */
  readonly versionPath: string;
  /** There while the daemon is stopped on purpose: agent hosts start none then. */
  readonly stoppedPath: string;
  /** What came of `tina agents test`. */
  readonly agentTestsPath: string;
  readonly attemptsDir: string;
  readonly checksDir: string;
  readonly logsDir: string;
  readonly worktreesDir: string;
  readonly tmuxSocketPath: string;
}

/** The address of a unix socket has 104 bytes on macOS and 108 on Linux; tmux needs some of its own. */
const MAX_SOCKET_PATH_BYTES = 100;

/**
 * The paths that the environment asks for: all below `TINA_HOME` when that is set, else the XDG folders. Touches nothing.
 *
 * @throws TinaError `socket_path_too_long`
 */
export function resolvePaths({ env, cwd, home }: PathSources): HomePaths {
  const { root, stateDir, configDir } = folders({ env, cwd, home });
  const socketPath = join(stateDir, 'daemon.sock');
  const length = Buffer.byteLength(socketPath);
  if (length > MAX_SOCKET_PATH_BYTES) {
    throw new TinaError({
      code: 'socket_path_too_long',
      message: `The path of the daemon's socket has ${length} bytes; a unix socket allows ${MAX_SOCKET_PATH_BYTES}.`,
      place: { file: socketPath },
      next: ['TINA_HOME=<a shorter folder> tina ...'],
    });
  }
  return {
    root,
    stateDir,
    configDir,
    configPath: join(configDir, 'config.yaml'),
    socketPath,
    databasePath: join(stateDir, 'tina.db'),
    lockPath: join(stateDir, 'daemon.lock'),
    homeIdPath: join(stateDir, 'home-id'),
    versionPath: join(stateDir, 'daemon.version'),
    stoppedPath: join(stateDir, 'daemon.stopped'),
    agentTestsPath: join(stateDir, 'agent-tests.json'),
    attemptsDir: join(stateDir, 'attempts'),
    checksDir: join(stateDir, 'checks'),
    logsDir: join(stateDir, 'logs'),
    worktreesDir: join(stateDir, 'worktrees'),
    tmuxSocketPath: join(stateDir, 'tmux.sock'),
  };
}

export interface PathSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The user's home folder. */
  readonly home: string;
}

function folders({ env, cwd, home }: PathSources): Pick<HomePaths, 'root' | 'stateDir' | 'configDir'> {
  const tinaHome = env['TINA_HOME'];
  if (tinaHome) {
    const root = resolve(cwd, tinaHome);
    return { root, stateDir: join(root, 'state'), configDir: join(root, 'config') };
  }
  return {
    root: null,
    stateDir: join(xdg(env['XDG_STATE_HOME']) ?? join(home, '.local', 'state'), 'tina'),
    configDir: join(xdg(env['XDG_CONFIG_HOME']) ?? join(home, '.config'), 'tina'),
  };
}

/** The XDG specification: a relative path is invalid and ignored. */
function xdg(value: string | undefined): string | null {
  return value?.startsWith('/') ? value : null;
}
