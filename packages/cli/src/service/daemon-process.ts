import { lockHolder } from '@tina/daemon';
import type { HomePaths } from '../home/paths.ts';

/** The process that is the daemon of this home, also while it comes up and nobody can reach it; null when there is none. */
export async function daemonProcess({ lockPath }: Pick<HomePaths, 'lockPath'>): Promise<number | null> {
  return (await lockHolder(lockPath))?.pid ?? null;
}
