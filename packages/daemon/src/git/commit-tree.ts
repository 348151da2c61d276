import { identityEnvironment, type GitIdentity } from './git-identity.ts';
import type { Git } from './run-git.ts';

/** Makes a commit object of a tree; no ref moves. */
export async function commitTree(params: {
  readonly git: Git;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly identity: GitIdentity;
}): Promise<string> {
  const parents = params.parents.flatMap((parent) => ['-p', parent]);
  const { stdout } = await params.git(['commit-tree', params.tree, ...parents, '-F', '-'], {
    input: params.message,
    env: identityEnvironment(params.identity),
  });
  return stdout.trim();
}
