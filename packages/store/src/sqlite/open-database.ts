import { chmodSync, closeSync, mkdirSync, openSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { StoreError } from '../store-error.ts';
import { networkFileSystem } from './network-file-system.ts';
import { isSafeVersion, OLDEST_SAFE_VERSION } from './safe-version.ts';
import { translating } from './translate-error.ts';

/** How long a writer waits for the other processes; a commit takes about a millisecond. */
const BUSY_TIMEOUT_MS = 10_000;

const OWNER_ONLY = 0o600;

/** Opens a database file, made when there is none, for several processes and for durable commits; or refuses it. */
export function openDatabase(path: string): Sqlite {
  return translating(path, () => {
    if (path !== ':memory:') prepareFile(path);
    const database = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      refuseOldSqlite(database);
      configure(database, path);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

function prepareFile(path: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const network = networkFileSystem(statfsSync(folder).type);
  if (network !== null) throw onNetwork(path, network);
  createPrivately(path);
  for (const file of [path, `${path}-wal`, `${path}-shm`]) makePrivate(file);
}

/**
 * SQLite gives -wal and -shm the mode of the database. Only a file that is not there is ever opened here: closing a file
 * that a connection of this process has open would drop the connection's locks.
 */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', OWNER_ONLY));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

function makePrivate(file: string): void {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & 0o077) === 0) return;
  try {
    chmodSync(file, OWNER_ONLY);
  } catch (error) {
    throw new StoreError({
      code: 'store_not_private',
      message: `${file} can be read by others, and its mode cannot be changed.`,
      next: [`chmod 600 '${file}'`],
      cause: error,
    });
  }
}

function refuseOldSqlite(database: Sqlite): void {
  const [row] = database.prepare('select sqlite_version() as version').all([]) as [{ version: string }];
  if (isSafeVersion(row.version)) return;
  throw new StoreError({
    code: 'sqlite_too_old',
    message: `This is SQLite ${row.version}; before ${OLDEST_SAFE_VERSION} it can damage a database.`,
    next: ['npm ci', 'npm ls better-sqlite3'],
  });
}

/** Sets what the store relies on, and looks whether it took: a pragma that is not understood is silently ignored. */
function configure(database: Sqlite, path: string): void {
  const journal = path === ':memory:' ? 'memory' : 'wal';
  const settings: readonly (readonly [name: string, value: string, expected: unknown])[] = [
    ['busy_timeout', String(BUSY_TIMEOUT_MS), BUSY_TIMEOUT_MS],
    ['journal_mode', journal, journal],
    // After the journal mode, which would bring its own default. FULL: what is committed survives a power cut.
    ['synchronous', 'full', 2],
    ['foreign_keys', 'on', 1],
  ];
  for (const [name, value, expected] of settings) {
    database.pragma(`${name} = ${value}`);
    const actual = database.pragma(name, { simple: true });
    if (actual !== expected)
      throw unsafe(path, `${name} is ${String(actual)} instead of ${String(expected)}`);
  }
}

function unsafe(path: string, what: string): StoreError {
  return new StoreError({
    code: 'store_unsafe',
    message: `${path} cannot be used safely: ${what}.`,
    next: ['Give Tina a folder on a local disk: set TINA_HOME.'],
  });
}

/** Why a database cannot lie there. */
export function onNetwork(path: string, fileSystem: string): StoreError {
  return new StoreError({
    code: 'network_file_system',
    message: `${path} lies on ${fileSystem}. A database shared over it is damaged sooner or later.`,
    next: ['Give Tina a folder on a local disk: set TINA_HOME.'],
  });
}
