import { randomUUID } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { TinaError } from '@tina/contract';
import { makeFolder } from './make-folder.ts';
import type { HomePaths } from './paths.ts';

/** A home whose folders exist. */
export interface Home extends HomePaths {
  /** Tells the processes of this home from those of another. Made once, for ever. */
  readonly homeId: string;
}

/**
 * Makes the folders of a home that are missing, for the owner alone (0700), and gives the home its id.
 *
 * @throws TinaError `home_read_only`, `home_full`, `home_owner` or `home_unusable`
 */
export function openHome(paths: HomePaths): Home {
  try {
    for (const folder of [
      paths.stateDir,
      paths.attemptsDir,
      paths.checksDir,
      paths.logsDir,
      paths.worktreesDir,
    ]) {
      makeFolder(folder);
    }
    refuseStrangersHome(paths.stateDir);
    // mkdir leaves a folder that was there as it was, perhaps open for others.
    chmodSync(paths.stateDir, 0o700);
    return { ...paths, homeId: readHomeId(paths.homeIdPath) ?? createHomeId(paths.homeIdPath) };
  } catch (error) {
    throw error instanceof TinaError ? error : unusable(error as NodeJS.ErrnoException, paths);
  }
}

function refuseStrangersHome(folder: string): void {
  const uid = process.getuid?.();
  const { uid: owner } = statSync(folder);
  if (uid === undefined || owner === uid) return;
  throw new TinaError({
    code: 'home_owner',
    message: `The state folder belongs to another user (uid ${owner}; you are ${uid}).`,
    place: { file: folder },
    next: ['TINA_HOME=<a folder of yours> tina ...'],
  });
}

function readHomeId(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Two that make it at once agree: a link is made by one of them, with its whole content. */
function createHomeId(path: string): string {
  const id = randomUUID();
  const temporary = `${path}.${id}`;
  writeFileSync(temporary, `${id}\n`, { mode: 0o600 });
  try {
    linkSync(temporary, path);
    return id;
  } catch (error) {
    const existing = (error as NodeJS.ErrnoException).code === 'EEXIST' ? readHomeId(path) : null;
    if (existing === null) throw error;
    return existing;
  } finally {
    unlinkSync(temporary);
  }
}

const REASONS: Readonly<Record<string, readonly [code: string, message: string]>> = {
  EROFS: ['home_read_only', 'The state folder is on a read-only file system.'],
  EACCES: ['home_read_only', 'The state folder cannot be written.'],
  EPERM: ['home_read_only', 'The state folder cannot be written.'],
  ENOSPC: ['home_full', 'There is no space left for the state folder.'],
  EDQUOT: ['home_full', 'Your disk quota leaves no space for the state folder.'],
};

function unusable(error: NodeJS.ErrnoException, paths: HomePaths): TinaError {
  const [code, message] = REASONS[error.code ?? ''] ?? [
    'home_unusable',
    `The state folder cannot be used: ${error.message}.`,
  ];
  const file = error.path ?? paths.stateDir;
  const next =
    code === 'home_full'
      ? [`df -h ${paths.stateDir}`, 'tina cleanup']
      : [`ls -ld ${file}`, 'TINA_HOME=<a folder of yours> tina ...'];
  return new TinaError({ code, message, place: { file }, next, cause: error });
}
