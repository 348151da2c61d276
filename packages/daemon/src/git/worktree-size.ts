import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import type { GitOptions } from './run-git.ts';

/**
 * What a folder takes on the disk, in bytes: what its removal frees. Null when it is not there or could not be measured.
 */
export async function worktreeSize(
  params: { readonly path: string } & GitOptions,
): Promise<{ readonly bytes: number } | null> {
  const env = { ...(params.environment ?? process.env), LC_ALL: 'C' };
  try {
    const { stdout } = await promisify(execFile)('du', ['-sk', '--', params.path], {
      env,
      signal: params.signal,
    });
    const kilobytes = Number.parseInt(stdout, 10);
    return Number.isNaN(kilobytes) ? null : { bytes: kilobytes * 1024 };
  } catch (error) {
    if (params.signal?.aborted === true) throw error;
    return null;
  }
}
