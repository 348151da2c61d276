import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DISK_BYTES = 64 * 1024 * 1024;
const PAGE_BYTES = 4_096;

/** A small disk of its own, with the repository, Tina's home and all worktrees on it. */
export interface SmallDisk {
  readonly path: string;
  unmount(): void;
}

/** Null where this is not allowed. */
export function mountDisk(): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'tina-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', path]);
  if (status === 0)
    return {
      path,
      unmount() {
        spawnSync('umount', ['--lazy', path]);
        rmSync(path, { recursive: true });
      },
    };
  rmSync(path, { recursive: true });
  return null;
}

/** Why not, where no disk can be mounted. */
export function diskProblem(): string | null {
  const disk = mountDisk();
  disk?.unmount();
  return disk === null ? 'only root may mount a small disk' : null;
}

/** Takes all the space that there is on the disk of this folder but so much. Answers with the way to give it back. */
export function fillDisk(folder: string, leftBytes: number): () => void {
  const path = join(folder, 'ballast');
  const file = openSync(path, 'w');
  const page = Buffer.alloc(PAGE_BYTES);
  try {
    for (;;) {
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize <= leftBytes) break;
      writeSync(file, page);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
  return () => rmSync(path, { force: true });
}
