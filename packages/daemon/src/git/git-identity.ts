import { readConfig } from './read-config.ts';
import type { Git, GitOptions } from './run-git.ts';

/** Who commits. */
export interface GitIdentity {
  readonly name: string;
  readonly email: string;
}

/** Who commits where the user has not said who they are, and what Tina keeps on its own account. */
export const TINA_IDENTITY: GitIdentity = { name: 'Tina', email: 'tina@localhost' };

/** The identity that the user's environment or configuration gives; null when a part of it is missing. */
export async function readIdentity(git: Git, options: GitOptions): Promise<GitIdentity | null> {
  const settings = await readConfig(git, String.raw`^(user|committer)\.(name|email)$`);
  const environment = options.environment ?? process.env;
  const name =
    environment['GIT_COMMITTER_NAME'] || settings.get('committer.name') || settings.get('user.name');
  const email =
    environment['GIT_COMMITTER_EMAIL'] || settings.get('committer.email') || settings.get('user.email');
  return name && email ? { name, email } : null;
}

/** Makes git commit as someone, without a word in any configuration. */
export function identityEnvironment(identity: GitIdentity): Readonly<Record<string, string>> {
  return {
    GIT_AUTHOR_NAME: identity.name,
    GIT_AUTHOR_EMAIL: identity.email,
    GIT_COMMITTER_NAME: identity.name,
    GIT_COMMITTER_EMAIL: identity.email,
  };
}
