import { identityEnvironment, TINA_IDENTITY, type GitOptions } from '../../git/index.ts';
import { readIdentity } from '../../git/git-identity.ts';
import { gitAt } from '../../git/run-git.ts';
import type { TimedCache } from './timed-cache.ts';

export type CommitIdentity = Readonly<Record<string, string>>;

/**
 * What lets an agent commit where its own environment does not say who commits: the person that the daemon's environment
 * names, or Tina. Empty where nothing is lacking.
 */
export async function commitIdentity(
  agentEnvironment: Readonly<Record<string, string>>,
  params: { readonly repository: string; readonly cache: TimedCache<CommitIdentity> } & GitOptions,
): Promise<CommitIdentity> {
  const { repository, cache } = params;
  const known = cache.get(repository);
  if (known !== null) return known;
  const asAgent = { ...params, environment: agentEnvironment };
  const isSaid = (await readIdentity(gitAt(repository, asAgent), asAgent)) !== null;
  const identity = isSaid
    ? {}
    : identityEnvironment((await readIdentity(gitAt(repository, params), params)) ?? TINA_IDENTITY);
  cache.set(repository, identity);
  return identity;
}
