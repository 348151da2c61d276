import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/**
 * The absolute path of a program: a path as it is (relative to `directory`), a bare name by PATH. Null when there is no
 * executable file.
 */
export function findProgram(parameters: {
  readonly name: string;
  readonly directory: string;
  readonly path: string | undefined;
}): string | null {
  const { name, directory, path } = parameters;
  if (name === '' || name.includes('\0')) return null;
  if (name.includes('/')) {
    const file = isAbsolute(name) ? name : resolve(directory, name);
    return isExecutableFile(file) ? file : null;
  }
  for (const folder of (path ?? '').split(delimiter)) {
    const file = join(folder === '' ? directory : resolve(directory, folder), name);
    if (isExecutableFile(file)) return file;
  }
  return null;
}

function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
