import { existsSync, rmSync, writeFileSync } from 'node:fs';
import type { HomePaths } from '../home/paths.ts';

type Paths = Pick<HomePaths, 'stoppedPath'>;

/**
 * Notes that the daemon is stopped on purpose: agent hosts do not start it then. One that dies leaves no such note. Does
 * nothing where there is no home yet.
 */
export function markStopped({ stoppedPath }: Paths): void {
  try {
    writeFileSync(stoppedPath, '', { mode: 0o600 });
  } catch {
    // Without a home, or on a full disk: at worst a host starts the daemon once more.
  }
}

/** A daemon that comes up looks here once it listens: then `tina daemon stop` reaches it, or was here before. */
export function isMarkedStopped({ stoppedPath }: Paths): boolean {
  return existsSync(stoppedPath);
}

export function unmarkStopped({ stoppedPath }: Paths): void {
  rmSync(stoppedPath, { force: true });
}
