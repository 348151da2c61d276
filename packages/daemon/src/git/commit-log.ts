import { gitAt, type GitOptions } from './run-git.ts';

export interface LoggedCommit {
  readonly commit: string;
  readonly subject: string;
  readonly author: string;
  /** When it was committed, in milliseconds since 1970. */
  readonly time: number;
}

/** The commits that `to` has and `from` has not, oldest first; the newest `limit` of them. */
export async function commitLog(
  params: {
    readonly repository: string;
    readonly from: string;
    readonly to: string;
    readonly limit: number;
  } & GitOptions,
): Promise<LoggedCommit[]> {
  const { stdout } = await gitAt(
    params.repository,
    params,
  )([
    'rev-list',
    '--no-commit-header',
    '--topo-order',
    '--reverse',
    `--max-count=${params.limit}`,
    // None of these fields holds a newline; only a name may hold a tab.
    '--format=%H%x09%ct%x09%s%n%an',
    params.to,
    '--not',
    params.from,
    '--',
  ]);
  const lines = stdout.split('\n');
  const commits: LoggedCommit[] = [];
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const [commit = '', seconds = '', ...subject] = (lines[index] ?? '').split('\t');
    commits.push({
      commit,
      subject: subject.join('\t'),
      author: lines[index + 1] ?? '',
      time: Number(seconds) * 1000,
    });
  }
  return commits;
}
