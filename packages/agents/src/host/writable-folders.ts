import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Launch } from '@tina/contract';

/** The folders outside of the worktree that an agent may write to: see `AgentIo.writable`. */
export function writableFolders(
  { access, worktree }: Pick<Launch, 'access' | 'worktree'>,
  own: readonly string[],
): readonly string[] {
  return access === 'write' ? [...own, ...gitDirectories(worktree)] : own;
}

/** What git writes to when something is committed in a worktree: its own folder, and the one that all worktrees have. */
function gitDirectories(worktree: string): readonly string[] {
  const path = join(worktree, '.git');
  const link = readLine(path);
  const own = link?.startsWith('gitdir: ') === true ? resolve(worktree, link.slice('gitdir: '.length)) : path;
  const common = resolve(own, readLine(join(own, 'commondir')) ?? '.');
  return own === common ? [own] : [own, common];
}

/** Null where there is no such file. */
function readLine(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trimEnd();
  } catch {
    return null;
  }
}
