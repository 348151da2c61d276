import { isAbsolute, relative, resolve } from 'node:path';

/** Whether a path, which may start from `base`, is below one of the folders. */
export function liesIn(path: string, folders: readonly string[], base: string): boolean {
  return folders.some((folder) => {
    const way = relative(folder, resolve(base, path));
    return way !== '' && way !== '..' && !way.startsWith('../') && !isAbsolute(way);
  });
}
