import { identityEnvironment, TINA_IDENTITY, type GitOptions } from '../../git/index.ts';
import { readIdentity } from '../../git/git-identity.ts';
import { gitAt } from '../../git/run-git.ts';

/**
 * What lets an agent commit where its own environment does not say who commits: the person that the daemon's environment
 * names, or Tina. Empty where nothing is lacking.
 */
export async function commitIdentity(
  agentEnvironment: Readonly<Record<string, string>>,
  params: { readonly repository: string } & GitOptions,
): Promise<Readonly<Record<string, string>>> {
  const asAgent = { ...params, environment: agentEnvironment };
  if ((await readIdentity(gitAt(params.repository, asAgent), asAgent)) !== null) return {};
  const identity = await readIdentity(gitAt(params.repository, params), params);
  return identityEnvironment(identity ?? TINA_IDENTITY);
}
