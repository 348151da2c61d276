import { statfsSync, statSync } from 'node:fs';
import { TinaError } from '@tina/contract';
import { openHome } from '../../home/open-home.ts';
import type { HomePaths } from '../../home/paths.ts';
import { bytes } from '../../output/amounts.ts';
import { notOk, ok, type Examination } from '../examination.ts';

/** A few worktrees and their logs; below the second number the store itself is in danger. */
const ENOUGH_DISK = 2_000_000_000;
const LEAST_DISK = 200_000_000;
/** A worktree of a middling project. */
const LEAST_FILES = 10_000;

/** Writable, its owner's alone, with room. */
export function examineHome(paths: HomePaths): Examination[] {
  const open = openToOthers(paths);
  try {
    openHome(paths);
  } catch (error) {
    if (!(error instanceof TinaError)) throw error;
    return [notOk('missing', 'state folder', error.message, error.next)];
  }
  const { bavail, bsize, files, ffree } = statfsSync(paths.stateDir);
  return [
    open ?? ok('state folder', paths.stateDir),
    examineDisk(bavail * bsize, paths, files === 0 ? null : ffree),
  ];
}

/** What others may read. The folder is closed again by whoever opens the home; its files are not looked at then. */
function openToOthers({ stateDir, databasePath, socketPath }: HomePaths): Examination | null {
  const open = [stateDir, databasePath, `${databasePath}-wal`, socketPath].filter((path) => {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
    return (mode & 0o077) !== 0;
  });
  // Behind a closed folder nothing is open.
  if (!open.includes(stateDir)) return null;
  return notOk(
    'warning',
    'state folder',
    `${stateDir} was open to other users; it has been closed again (0700)`,
    [
      'see who may have read what your agents wrote, and change secrets that were among it',
      `chmod go-rwx ${open.join(' ')}`,
    ],
  );
}

export function examineDisk(
  free: number,
  { stateDir }: HomePaths,
  freeFiles: number | null = null,
): Examination {
  const found = `${bytes(free)} free`;
  const next = ['tina cleanup', `df -h ${stateDir}`];
  if (freeFiles !== null && freeFiles < LEAST_FILES) {
    const files = `${found}, and room for ${freeFiles} more files only`;
    return notOk(freeFiles === 0 ? 'missing' : 'warning', 'disk', files, [
      'tina cleanup',
      `df -i ${stateDir}`,
    ]);
  }
  if (free >= ENOUGH_DISK) return ok('disk', found);
  return notOk(free < LEAST_DISK ? 'missing' : 'warning', 'disk', found, next);
}
