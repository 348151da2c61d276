import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { gitProcessesUsing } from './git-processes.ts';
import { GitStateError } from './git-state-error.ts';

/** A git process that a killed daemon left behind ends by itself; large checkouts take seconds. */
const BUSY_WAIT_MS = 10_000;
const BUSY_POLL_MS = 50;
/** Between closing a ref's lock file and renaming it git needs microseconds. */
const REF_LOCK_STABLE_MS = 200;

/**
 * Waits until no git process works on the folders.
 * @throws GitStateError `worktree_busy` when one still does after `busyWaitMs`.
 */
export async function waitUntilUnused(params: {
  readonly folders: readonly string[];
  readonly busyWaitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<void> {
  const deadline = performance.now() + (params.busyWaitMs ?? BUSY_WAIT_MS);
  for (;;) {
    const pids = await gitProcessesUsing(params.folders);
    if (pids === null || pids.length === 0) return;
    if (performance.now() >= deadline) {
      const subject = params.folders[0] ?? '';
      throw new GitStateError({
        code: 'worktree_busy',
        subject,
        message: `A git process still works in ${subject} (process ${pids.join(', ')}).`,
        next: pids.map((pid) => `ps -o pid,etime,args -p ${pid}`),
      });
    }
    await delay(BUSY_POLL_MS, undefined, { signal: params.signal });
  }
}

/**
 * Removes the lock files that dead git processes left in a worktree's own git directory (`index.lock`, `HEAD.lock`).
 * Where the system cannot say who is alive, the slot's owner is taken at its word that nothing runs in it.
 */
export async function removeStaleWorktreeLocks(params: {
  readonly path: string;
  readonly gitDirectory: string;
  readonly busyWaitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}): Promise<void> {
  const isLock = (name: string): boolean => name.endsWith('.lock');
  if (!(await readdir(params.gitDirectory)).some(isLock)) return;
  await waitUntilUnused({ ...params, folders: [params.path, params.gitDirectory] });
  const locks = (await readdir(params.gitDirectory)).filter(isLock);
  await Promise.all(locks.map((name) => rm(join(params.gitDirectory, name), { force: true })));
}

/** The refs that nobody but Tina writes. */
const OWN_REFS = /^refs\/(?:tina\/|heads\/tina\/|heads\/tina-attempt\/)/;

/**
 * Removes the lock file that a dead git process left beside one of Tina's own refs; a lock of the user's is never
 * touched. Answers whether there is reason to try again.
 */
export async function removeStaleRefLock(params: {
  readonly gitDirectory: string;
  readonly ref: string;
  readonly signal?: AbortSignal | undefined;
}): Promise<boolean> {
  if (!OWN_REFS.test(params.ref)) return false;
  const lock = join(params.gitDirectory, `${params.ref}.lock`);
  const before = await fileId(lock);
  if (before === null) return false;
  await delay(REF_LOCK_STABLE_MS, undefined, { signal: params.signal });
  await waitUntilUnused({ folders: [lock], signal: params.signal });
  if ((await fileId(lock)) === before) await rm(lock, { force: true });
  return true;
}

async function fileId(path: string): Promise<string | null> {
  try {
    const { ino, mtimeMs } = await stat(path);
    return `${ino} ${mtimeMs}`;
  } catch {
    return null;
  }
}
