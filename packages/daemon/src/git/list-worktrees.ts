import { amongWorktrees } from './among-worktrees.ts';
import { nulList } from './nul-list.ts';
import { gitAt, type GitOptions } from './run-git.ts';

export interface Worktree {
  readonly path: string;
  /** Null in a bare repository and before the first commit. */
  readonly headCommit: string | null;
  /** The short name of the branch that is checked out; null when detached or bare. */
  readonly branch: string | null;
  readonly isBare: boolean;
  /** The reason it is locked ("" when none was given), or null. */
  readonly locked: string | null;
  /** Why git would drop its entry (its folder is gone), or null. */
  readonly prunable: string | null;
}

/** All worktrees of a repository, the main one first. */
export async function listWorktrees(
  params: { readonly repository: string } & GitOptions,
): Promise<Worktree[]> {
  const git = gitAt(params.repository, params);
  const { stdout } = await amongWorktrees(git, ['worktree', 'list', '--porcelain', '-z'], params);
  const worktrees: Worktree[] = [];
  let fields = new Map<string, string>();
  for (const item of nulList(stdout)) {
    if (item === '') {
      worktrees.push(toWorktree(fields));
      fields = new Map();
      continue;
    }
    const space = item.indexOf(' ');
    if (space === -1) fields.set(item, '');
    else fields.set(item.slice(0, space), item.slice(space + 1));
  }
  return worktrees;
}

function toWorktree(fields: ReadonlyMap<string, string>): Worktree {
  const head = fields.get('HEAD');
  return {
    path: fields.get('worktree') ?? '',
    // git prints zeros before the first commit.
    headCommit: head === undefined || /^0+$/.test(head) ? null : head,
    branch: fields.get('branch')?.replace(/^refs\/heads\//, '') ?? null,
    isBare: fields.has('bare'),
    locked: fields.get('locked') ?? null,
    prunable: fields.get('prunable') ?? null,
  };
}
