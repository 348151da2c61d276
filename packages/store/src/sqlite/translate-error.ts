import Sqlite from 'better-sqlite3';
import { StoreError, type StoreErrorCode } from '../store-error.ts';

/** The store's own error for what SQLite or the file system threw; anything else is handed back as it is. */
export function translateError(error: unknown, path: string): unknown {
  if (error instanceof StoreError) return error;
  if (error instanceof Sqlite.SqliteError) return storeError(codeOfSqlite(error.code), path, error);
  if (isSystemError(error)) return storeError(codeOfSystem(error.code), path, error);
  return error;
}

/** Runs something that touches the file; its errors come out translated. */
export function translating<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw translateError(error, path);
  }
}

/** `SQLITE_IOERR_WRITE` and the like: extended codes begin with their family. */
function codeOfSqlite(code: string): TranslatedCode {
  const families: readonly (readonly [string, TranslatedCode])[] = [
    ['SQLITE_FULL', 'disk_full'],
    // The file that readers and writers share could not grow.
    ['SQLITE_IOERR_SHMSIZE', 'disk_full'],
    ['SQLITE_READONLY', 'store_read_only'],
    ['SQLITE_PERM', 'store_read_only'],
    // The folder was looked at before: what remains is a file, or its -wal and -shm, that may not be made or opened.
    ['SQLITE_CANTOPEN', 'store_read_only'],
    ['SQLITE_CORRUPT', 'store_corrupt'],
    ['SQLITE_NOTADB', 'store_corrupt'],
    ['SQLITE_BUSY', 'store_busy'],
    ['SQLITE_LOCKED', 'store_busy'],
    ['SQLITE_CONSTRAINT', 'constraint_violated'],
  ];
  return families.find(([family]) => code.startsWith(family))?.[1] ?? 'store_failed';
}

function codeOfSystem(code: string): TranslatedCode {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'disk_full';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'store_read_only';
  return 'store_failed';
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

function storeError(code: TranslatedCode, path: string, cause: Error): StoreError {
  const { what, next } = EXPLANATIONS[code](path);
  return new StoreError({ code, message: `${what} (${cause.message})`, next, cause });
}

interface Explanation {
  readonly what: string;
  readonly next: readonly string[];
}

type TranslatedCode = keyof typeof EXPLANATIONS;

/** The texts of other codes stand where those are thrown. */
const EXPLANATIONS = {
  store_read_only: (path) => ({
    what: `${path} cannot be opened for writing.`,
    next: [
      `Make the folder and its files yours and writable: ls -la '${path}'*`,
      'Or set TINA_HOME to another folder.',
    ],
  }),
  disk_full: (path) => ({
    what: `There is no space left for ${path}; nothing of the last change was kept.`,
    next: [`Free some space: df -h '${path}'`, 'Then do it again.'],
  }),
  store_corrupt: (path) => ({
    what: `${path} is damaged or is no database.`,
    next: ['tina doctor', `Put a backup in its place, or start anew: mv '${path}' '${path}.damaged'`],
  }),
  store_busy: (path) => ({
    what: `${path} is locked by another process, which did not let go in time.`,
    next: [`See which one: fuser -v '${path}'`, 'Then do it again.'],
  }),
  constraint_violated: (path) => ({
    what: `A change was refused by the rules of ${path}; nothing of it was kept. This is a mistake in Tina.`,
    next: ['Report it with this message.'],
  }),
  store_failed: (path) => ({
    what: `${path} could not be read or written.`,
    next: [`Look at the disk and the folder: ls -la '${path}'*`, 'tina doctor'],
  }),
} as const satisfies Partial<Record<StoreErrorCode, (path: string) => Explanation>>;
