import { readFile } from 'node:fs/promises';

import type { ProcessIdentity } from '../process/index.ts';

/** The process that a plain session's record names; null when there is no record, or none that can be read. */
export async function readSessionRecord(path: string): Promise<ProcessIdentity | null> {
  try {
    const record: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isIdentity(record) ? record : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, startTime } = value as Partial<Record<keyof ProcessIdentity, unknown>>;
  return Number.isSafeInteger(pid) && Number(pid) > 1 && typeof startTime === 'string' && startTime !== '';
}
