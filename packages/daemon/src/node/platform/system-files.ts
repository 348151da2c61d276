import { existsSync } from 'node:fs';
import { readdir, realpath, rm, rmdir } from 'node:fs/promises';
import { readSpool } from '@tina/agents';
import { readHostIdentity, readLaunch } from '../attempt/attempt-files.ts';
import { writeScopeHooks } from '../attempt/scope-hooks.ts';
import { forgetLaunchSecrets, writeLaunch } from '../attempt/write-launch.ts';
import { readPlanFile } from '../turn/read-plan-file.ts';
import { endOfFile } from './end-of-file.ts';

export const systemFiles = {
  readHostIdentity,
  readLaunch,
  writeLaunch,
  forgetLaunchSecrets,
  writeScopeHooks,
  readSpool,
  readPlanFile,
  endOfFile,
  exists: (path: string): boolean => existsSync(path),
  /** Null when there is nothing. */
  realPath: (path: string): Promise<string | null> => realpath(path).catch(() => null),
  /** Empty when there is no such folder. */
  async namesIn(directory: string): Promise<readonly string[]> {
    try {
      return await readdir(directory);
    } catch (error) {
      // A folder that cannot be read is not an empty one (G06).
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return [];
    }
  },
  removeTree: (path: string): Promise<void> => rm(path, { recursive: true, force: true }),
  async removeIfEmpty(directory: string): Promise<void> {
    try {
      await rmdir(directory);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    }
  },
};
