import { nulList } from './nul-list.ts';
import type { Git } from './run-git.ts';

/** What git makes of two commits by itself, without a worktree. */
export interface MergedTree {
  readonly tree: string;
  /**
   * Null where both sides came together. Else what they are at odds about, which the tree holds as it was left: of what was
   * moved, each of the names that the conflict is about.
   */
  readonly conflicts: readonly string[] | null;
}

/** Brings another commit into one. Both in full, since git names files that it puts aside after them. */
export async function mergeTree(git: Git, one: string, other: string): Promise<MergedTree> {
  const args = ['merge-tree', '--write-tree', '--name-only', '-z', one, other];
  const { exitCode, stdout } = await git(args, { answers: [0, 1] });
  const [tree = '', ...rest] = nulList(stdout);
  if (exitCode === 0) return { tree, conflicts: null };
  const end = rest.indexOf('');
  const files = end === -1 ? rest : [...rest.slice(0, end), ...pathsOfConflicts(rest.slice(end + 1))];
  return { tree, conflicts: ownNames(files, [one, other]) };
}

/** Each message is a number of paths, the paths, what kind it is (the same in every language), and what it says. */
function pathsOfConflicts(messages: readonly string[]): readonly string[] {
  const paths: string[] = [];
  for (let at = 0; at < messages.length;) {
    const end = at + 1 + Number(messages[at]);
    if (messages[end]?.startsWith('CONFLICT')) paths.push(...messages.slice(at + 1, end));
    at = end + 2;
  }
  return paths;
}

/** Where a file meets a directory, git puts the file aside and appends the commit to its name. */
export function ownNames(files: readonly string[], commits: readonly string[]): readonly string[] {
  const aside = new RegExp(`~(?:${commits.join('|')})(?:_\\d+)?$`);
  return [...new Set(files.map((file) => file.replace(aside, '')))];
}
