import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The checkout that this program belongs to: the first folder upwards that has the launcher. The same from the sources and from
 * a build, whose files lie elsewhere.
 *
 * @throws Error where there is none
 */
export function checkoutRoot(start: string = import.meta.dirname): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'bin', 'tina')) && existsSync(join(folder, 'packages', 'harness')))
      return folder;
    if (folder === dirname(folder))
      throw new Error(`${start} is in no checkout of Tina: bin/tina is missing`);
  }
}
