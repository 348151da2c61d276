import { existsSync, renameSync } from 'node:fs';

/** Where a log goes on in a new file. With the two older ones that are kept, it takes three times this space. */
export const MAX_LOG_BYTES = 10_000_000;

/** Makes room for `<path>.1`: what is there becomes `<path>.2`, and what was there is gone. */
export function shiftLogs(path: string): void {
  if (existsSync(`${path}.1`)) renameSync(`${path}.1`, `${path}.2`);
}
