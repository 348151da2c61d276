import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Launch } from '@tina/contract';
import type { ProcessIdentity } from '../../process/index.ts';

/** Where the files of an attempt are. */
export interface AttemptFiles {
  readonly directory: string;
  /** What the host is told to do. */
  readonly launch: string;
  /** The one host that the attempt ever has; made by it, exclusively. */
  readonly host: string;
  /** What the host itself complains about, before and beside its transcript. */
  readonly hostLog: string;
  /** The git hooks that hold the agent to its task's scope. */
  readonly hooks: string;
  /** What the agent hands over. */
  readonly out: string;
}

export function attemptFiles(attemptsDir: string, attemptId: string): AttemptFiles {
  const directory = join(attemptsDir, attemptId);
  return {
    directory,
    launch: join(directory, 'launch.json'),
    host: join(directory, 'host.json'),
    hostLog: join(directory, 'host.log'),
    hooks: join(directory, 'hooks'),
    out: join(directory, 'out'),
  };
}

/** The process that `host.json` names; null when there is no such file yet, or half of one. */
export async function readHostIdentity(files: AttemptFiles): Promise<ProcessIdentity | null> {
  const content = await readJson(files.host);
  if (typeof content !== 'object' || content === null) return null;
  const { pid, startTime } = content as Partial<Record<keyof ProcessIdentity, unknown>>;
  const isIdentity = Number.isSafeInteger(pid) && Number(pid) > 1 && typeof startTime === 'string';
  return isIdentity && startTime !== '' ? { pid: Number(pid), startTime } : null;
}

/** What the attempt was started with; null when it never was. */
export async function readLaunch(files: AttemptFiles): Promise<Launch | null> {
  return (await readJson(files.launch)) as Launch | null;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
