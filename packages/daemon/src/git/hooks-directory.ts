import { resolve } from 'node:path';
import { gitAt, type GitOptions } from './run-git.ts';

/** The absolute folder of the hooks that the user's configuration asks for in the worktree at `path`. */
export async function hooksDirectory(parameters: GitOptions & { readonly path: string }): Promise<string> {
  const { path, ...options } = parameters;
  // As for a push: with the user's hooks, which are what is asked for.
  const { stdout } = await gitAt(path, options)(['rev-parse', '--git-path', 'hooks'], { remote: true });
  return resolve(path, stdout.trimEnd());
}
