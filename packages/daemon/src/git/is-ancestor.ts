import type { Git } from './run-git.ts';

/** Whether the one commit is contained in the other; a commit contains itself. */
export async function isAncestor(git: Git, ancestor: string, descendant: string): Promise<boolean> {
  const { exitCode } = await git(['merge-base', '--is-ancestor', ancestor, descendant], { answers: [0, 1] });
  return exitCode === 0;
}
