import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { HomePaths } from '../home/paths.ts';

/** The version of the daemon that runs, or ran last; null when it is not known. */
export function readDaemonVersion({ versionPath }: HomePaths): string | null {
  try {
    return readFileSync(versionPath, 'utf8').trim() || null;
  } catch {
    return null;
  }
}

export function writeDaemonVersion({ versionPath }: HomePaths, version: string | null): void {
  if (version === null) rmSync(versionPath, { force: true });
  else writeFileSync(versionPath, `${version}\n`, { mode: 0o600 });
}
