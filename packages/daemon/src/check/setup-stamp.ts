import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a set-up was done with, and where. */
export interface SetupStamp {
  readonly stampPath: string;
  readonly command: string;
  readonly cwd: string;
}

/** Whether this command has succeeded in this folder. A folder that was removed and made again is another one. */
export async function isStamped(stamp: SetupStamp): Promise<boolean> {
  const noted = await readFile(stamp.stampPath, 'utf8').catch(() => null);
  return noted !== null && noted === (await contentOf(stamp).catch(() => null));
}

/** In one step: a stamp is there whole or not at all. */
export async function writeStamp(stamp: SetupStamp): Promise<void> {
  await mkdir(dirname(stamp.stampPath), { recursive: true, mode: 0o700 });
  await writeFile(`${stamp.stampPath}.new`, await contentOf(stamp), { mode: 0o600 });
  await rename(`${stamp.stampPath}.new`, stamp.stampPath);
}

/** What runs now may leave the folder half done: the earlier success counts no more. */
export async function removeStamp(stampPath: string): Promise<void> {
  await rm(stampPath, { force: true });
}

async function contentOf({ command, cwd }: SetupStamp): Promise<string> {
  const { ino, birthtimeMs } = await stat(cwd);
  const commandHash = createHash('sha256').update(command).digest('hex');
  return `${JSON.stringify({ commandHash, folder: { path: cwd, inode: ino, birthtimeMs } })}\n`;
}
