import { readConfig } from './read-config.ts';
import { gitAt, type GitOptions } from './run-git.ts';

export interface Remote {
  readonly name: string;
  /** Where a push goes, without name and password. */
  readonly pushUrl: string;
}

const REMOTE_SETTINGS = String.raw`^(remote\.pushdefault|branch\..*\.(pushremote|remote))$`;

/** The repository's remotes. */
export async function listRemotes(params: { readonly repository: string } & GitOptions): Promise<Remote[]> {
  const git = gitAt(params.repository, params);
  const names = (await git(['remote'])).stdout.split('\n').filter((name) => name !== '');
  return Promise.all(
    names.map(async (name) => {
      const { exitCode, stdout } = await git(['remote', 'get-url', '--push', name], { answers: [0, 2, 128] });
      return { name, pushUrl: exitCode === 0 ? withoutCredentials(stdout.trim()) : '' };
    }),
  );
}

/** The remote that git itself would push a branch of this base to; null when there is none or no telling. */
export async function pushRemote(
  params: { readonly repository: string; readonly baseBranch: string } & GitOptions,
): Promise<Remote | null> {
  const git = gitAt(params.repository, params);
  const [remotes, settings] = await Promise.all([listRemotes(params), readConfig(git, REMOTE_SETTINGS)]);
  const { baseBranch } = params;
  const wanted = [
    settings.get(`branch.${baseBranch}.pushremote`),
    settings.get('remote.pushdefault'),
    settings.get(`branch.${baseBranch}.remote`),
    'origin',
  ];
  for (const name of wanted) {
    const remote = remotes.find((candidate) => candidate.name === name);
    if (remote !== undefined) return remote;
  }
  return remotes.length === 1 ? (remotes[0] ?? null) : null;
}

/** Without the user name and password that an https address may carry. */
export function withoutCredentials(text: string): string {
  return text.replaceAll(/(\bhttps?:\/\/)[^/\s@]+@/g, '$1');
}
