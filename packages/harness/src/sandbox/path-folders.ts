import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Writes the shell scripts into the folder, which is a folder for PATH then. */
export async function writePrograms(
  programs: Readonly<Record<string, string>>,
  folder: string,
): Promise<string> {
  await mkdir(folder);
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return folder;
}

/** Makes a folder that has a link to every program of the search path but these. */
export async function linkProgramsExcept(
  names: readonly string[],
  searchPath: string,
  folder: string,
): Promise<string> {
  await mkdir(folder);
  for (const source of searchPath.split(delimiter)) {
    for (const name of await readdir(source).catch(() => [])) {
      const link = join(folder, name);
      // The first on the search path is the one that is found.
      if (!names.includes(name) && !existsSync(link)) await symlink(join(source, name), link).catch(() => {});
    }
  }
  return folder;
}
