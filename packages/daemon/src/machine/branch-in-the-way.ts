import { gitAt, type GitOptions } from '../git/run-git.ts';

/**
 * A branch of this name, or one beside which git cannot keep it: `tina` is in the way of `tina/feature`, and the other
 * way round. Null when the name is free.
 */
export async function branchInTheWay(
  params: { readonly repository: string; readonly branch: string } & GitOptions,
): Promise<string | null> {
  const { branch } = params;
  const git = gitAt(params.repository, params);
  const { stdout } = await git(['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads/']);
  const branches = stdout.split('\n').filter((name) => name !== '');
  return (
    branches.find(
      (name) => name === branch || name.startsWith(`${branch}/`) || branch.startsWith(`${name}/`),
    ) ?? null
  );
}
