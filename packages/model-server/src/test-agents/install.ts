import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { agentFolder, type PinnedAgent } from './pinned.ts';

/** Starts npm, with what comes before its own arguments. */
export type NpmCommand = readonly [string, ...string[]];

export interface Installation {
  readonly agent: PinnedAgent;
  /** False when it was there already, or came there meanwhile. */
  readonly isNew: boolean;
  readonly bytes: number;
}

/**
 * Installs one agent CLI into the cache. Does nothing when it is there. Safe when it is run twice at once: the work is
 * done in a folder of its own and then moved to its place, whole or not at all.
 * @throws {Error} with npm's last lines when it fails; nothing is left behind then.
 */
export async function installAgent(
  agent: PinnedAgent,
  cache: string,
  npm: NpmCommand,
): Promise<Installation> {
  const folder = agentFolder(cache, agent);
  const present = await sizeOf(folder);
  if (present !== null) return { agent, isNew: false, bytes: present };
  const work = join(cache, `.${agent.name}-${agent.version}.${randomBytes(6).toString('hex')}`);
  await mkdir(work, { recursive: true });
  try {
    await writeFile(join(work, 'package.json'), '{ "private": true }\n');
    await runNpm(npm, work, `${agent.package}@${agent.version}`);
    const isNew = await moveToPlace(work, folder);
    return { agent, isNew, bytes: (await sizeOf(folder)) ?? 0 };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** False when another installation was faster: that one is as good. */
async function moveToPlace(work: string, folder: string): Promise<boolean> {
  try {
    await rename(work, folder);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

const KEPT_LINES = 15;

async function runNpm([command, ...before]: NpmCommand, cwd: string, wanted: string): Promise<void> {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--include=optional'];
  const child = spawn(command, [...before, 'install', ...flags, wanted], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code === 0) return;
  const lines = `${out}${err}`.trimEnd().split('\n').slice(-KEPT_LINES).join('\n');
  throw new Error(`npm could not install ${wanted}:\n${lines}`);
}

/** Bytes of all files below a folder; null when there is none. */
async function sizeOf(folder: string): Promise<number | null> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => null);
  if (entries === null) return null;
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
