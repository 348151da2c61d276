import { mkdir, writeFile } from 'node:fs/promises';
import type { Launch } from '@tina/contract';
import type { AttemptFiles } from './attempt-files.ts';

/** Makes the attempt's folder with what the host is told in it: a secret is among it, so for the owner alone. */
export async function writeLaunch(files: AttemptFiles, launch: Launch): Promise<void> {
  await mkdir(files.out, { recursive: true, mode: 0o700 });
  await writeFile(files.launch, JSON.stringify(launch), { mode: 0o600 });
}
