import { execFile } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** What the sample repository begins with: path in the repository, file beside this one. */
const FILES: readonly (readonly [string, URL])[] = [
  ['README.md', new URL('./sample/README.md', import.meta.url)],
  ['package.json', new URL('./sample/package.json', import.meta.url)],
  ['script.yaml', new URL('./sample/script.yaml', import.meta.url)],
  ['.tina/config.yaml', new URL('./sample/config.yaml', import.meta.url)],
  ['docs/2026-01-15-greeter-design.md', new URL('./sample/2026-01-15-greeter-design.md', import.meta.url)],
];

const IDENTITY = ['-c', 'user.name=Demo', '-c', 'user.email=demo@localhost'];

/** Makes a git repository with one commit: a design, a configuration, and the script its agents follow. */
export async function makeSampleRepository(repository: string): Promise<void> {
  for (const [path, source] of FILES) {
    await mkdir(dirname(join(repository, path)), { recursive: true });
    await copyFile(source, join(repository, path));
  }
  await git(repository, ['init', '--quiet', '--initial-branch=main']);
  await git(repository, ['add', '--all']);
  await git(repository, [...IDENTITY, 'commit', '--quiet', '--message', 'Begin the greeter with its design']);
}

async function git(repository: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)('git', ['-C', repository, ...args]);
}
