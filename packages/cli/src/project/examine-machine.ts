import { statfsSync } from 'node:fs';
import { isAtLeast, LEAST_GIT, LEAST_TMUX, TinaError } from '@tina/contract';
import { openHome } from '../home/open-home.ts';
import type { HomePaths } from '../home/paths.ts';
import { bytes } from '../output/amounts.ts';
import { notOk, ok, type Examination } from './examination.ts';
import { firstLineOf, type Surroundings } from './run-program.ts';

const LEAST_NODE = '24.0';

/** A few worktrees and their logs; below the second number the store itself is in danger. */
const ENOUGH_DISK = 2_000_000_000;
const LEAST_DISK = 200_000_000;

/** File systems over a network, by their `statfs` type: SQLite's locks do not hold there. The store refuses more of them. */
const NETWORK: ReadonlySet<number> = new Set([0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x01021997]);

export function examineNode(version: string): Examination {
  if (isAtLeast(version, LEAST_NODE)) return ok('node', process.execPath, version);
  return notOk('missing', 'node', process.execPath, ['install Node 24, or start Tina with bin/tina'], {
    version,
  });
}

export async function examineGit(surroundings: Surroundings): Promise<Examination> {
  const line = await firstLineOf('git', ['--version'], surroundings);
  const next = [`install git ${LEAST_GIT} or newer`];
  if (line === null) return notOk('missing', 'git', 'not found on PATH', next);
  const version = line.replace(/^git version /, '');
  if (isAtLeast(version, LEAST_GIT)) return ok('git', 'on PATH', version);
  return notOk('missing', 'git', 'too old', next, { version });
}

/** Without tmux agents run as plain processes: nobody can look in, and they end with their session. */
export async function examineTmux(surroundings: Surroundings): Promise<Examination> {
  const line = await firstLineOf('tmux', ['-V'], surroundings);
  const next = [`install tmux ${LEAST_TMUX} or newer, to look into agents at work with  tina attach`];
  if (line === null)
    return notOk('warning', 'tmux', 'not found on PATH; agents run as plain processes', next);
  const version = line.replace(/^tmux /, '');
  const number = version.replace(/^next-/, '');
  if (!/^\d/.test(number) || isAtLeast(number, LEAST_TMUX)) return ok('tmux', 'on PATH', version);
  return notOk('warning', 'tmux', 'too old; agents run as plain processes', next, { version });
}

/** Writable, on a local file system, with room. */
export function examineState(paths: HomePaths): Examination[] {
  try {
    openHome(paths);
  } catch (error) {
    if (!(error instanceof TinaError)) throw error;
    return [notOk('missing', 'state folder', error.message, error.next)];
  }
  const { type, bavail, bsize } = statfsSync(paths.stateDir);
  const local = NETWORK.has(type >>> 0)
    ? notOk(
        'missing',
        'state folder',
        `${paths.stateDir} is on a network file system, where the store would break`,
        ['TINA_HOME=<a folder on a local disk> tina ...'],
      )
    : ok('state folder', paths.stateDir);
  return [local, examineDisk(bavail * bsize, paths)];
}

export function examineDisk(free: number, paths: HomePaths): Examination {
  const found = `${bytes(free)} free`;
  if (free >= ENOUGH_DISK) return ok('disk', found);
  return notOk(free < LEAST_DISK ? 'missing' : 'warning', 'disk', found, [
    'tina cleanup',
    `df -h ${paths.stateDir}`,
  ]);
}
