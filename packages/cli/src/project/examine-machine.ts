import { isAtLeast, LEAST_GIT, LEAST_TMUX } from '@tina/contract';
import { notOk, ok, type Examination } from './examination.ts';
import { firstLineOf, type Surroundings } from './run-program.ts';

const LEAST_NODE = '24.0';

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
