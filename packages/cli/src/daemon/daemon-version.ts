import type { HomePaths } from '../home/paths.ts';

// Not an import, here and in find-repository.ts: that sets up all of Node's file streams, which costs every command a
// millisecond.
const fs = process.getBuiltinModule('node:fs');

/** The version of the daemon that runs, or ran last; null when it is not known. */
export function readDaemonVersion({ versionPath }: HomePaths): string | null {
  try {
    return fs.readFileSync(versionPath, 'utf8').trim() || null;
  } catch {
    return null;
  }
}

export function writeDaemonVersion({ versionPath }: HomePaths, version: string | null): void {
  if (version === null) fs.rmSync(versionPath, { force: true });
  else fs.writeFileSync(versionPath, `${version}\n`, { mode: 0o600 });
}
