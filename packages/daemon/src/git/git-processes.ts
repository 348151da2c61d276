import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, sep } from 'node:path';

/**
 * The git processes that work on a folder or hold one of its files open, such as those of a daemon that was killed:
 * its children live on. Null where the system gives no answer (no `/proc`).
 */
export async function gitProcessesUsing(folders: readonly string[]): Promise<number[] | null> {
  let names: string[];
  try {
    names = await readdir('/proc');
  } catch {
    return null;
  }
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => (pid !== process.pid && (await uses(pid, folders)) ? pid : null)),
  );
  return found.filter((pid) => pid !== null);
}

async function uses(pid: number, folders: readonly string[]): Promise<boolean> {
  const directory = `/proc/${pid}`;
  try {
    const args = (await readFile(`${directory}/cmdline`, 'utf8')).split('\0');
    if (!/^git(?:-|$)/.test(basename(args[0] ?? ''))) return false;
    if (args.some((argument) => isUnder(argument, folders))) return true;
    if (isUnder(await readlink(`${directory}/cwd`), folders)) return true;
    const descriptors = await readdir(`${directory}/fd`);
    const targets = await Promise.all(
      descriptors.map((descriptor) => readlink(`${directory}/fd/${descriptor}`).catch(() => '')),
    );
    return targets.some((target) => isUnder(target, folders));
  } catch {
    // It has ended, or belongs to another user and cannot hold our files.
    return false;
  }
}

function isUnder(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder + sep));
}
