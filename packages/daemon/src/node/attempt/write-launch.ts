import { mkdirSync, writeFileSync } from 'node:fs';
import { forgetSecrets } from '@tina/agents';
import type { Launch } from '@tina/contract';
import { readLaunch, type AttemptFiles } from './attempt-files.ts';

/**
 * Makes the attempt's folder with what the host is told in it: a secret is among it, so for the owner alone. At once, since
 * a start must not queue behind whatever else the daemon has to do.
 */
export function writeLaunch(files: AttemptFiles, launch: Launch): void {
  mkdirSync(files.out, { recursive: true, mode: 0o700 });
  writeFileSync(files.launch, JSON.stringify(launch), { mode: 0o600 });
}

/** Takes secrets out of a launch file that no host has read, or that was written again after one had (G30). */
export async function forgetLaunchSecrets(files: AttemptFiles): Promise<void> {
  const launch = await readLaunch(files).catch(() => null);
  if (launch?.token) forgetSecrets({ ...launch, directory: files.directory });
}
