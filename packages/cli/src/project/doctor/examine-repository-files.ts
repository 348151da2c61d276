import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { notOk, type Examination } from '../examination.ts';
import { firstLineOf, type Surroundings } from '../run-program.ts';

/** git holds a lock for milliseconds; a commit with slow hooks, for minutes. */
const LOCK_AGE_MS = 10 * 60_000;

/** What in a repository keeps git from working as it is meant to: hooks that cannot run, locks that nobody holds. */
export async function examineRepositoryFiles(
  repository: string,
  now: number,
  surroundings: Surroundings,
): Promise<Examination[]> {
  const git = (...args: readonly string[]): Promise<string | null> =>
    firstLineOf('git', ['-C', repository, ...args], surroundings);
  const [hooksPath, common] = await Promise.all([
    git('config', '--get', 'core.hooksPath'),
    git('rev-parse', '--git-common-dir'),
  ]);
  if (common === null) return [];
  const directory = resolve(repository, common);
  const hooks = hooksPath ? await git('rev-parse', '--git-path', 'hooks') : null;
  return [
    ...examineHooks(resolve(repository, hooks ?? join(directory, 'hooks')), hooksPath),
    ...examineLocks(directory, now),
    ...examineWorktreeRecords(directory),
    ...examineIdentity(await git('-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT')),
  ];
}

/** git keeps a record of each worktree; one whose folder is gone holds its branch, so that nobody else can have it. */
function examineWorktreeRecords(directory: string): Examination[] {
  const stale = globSync('worktrees/*/gitdir', { cwd: directory }).flatMap((name) => {
    const record = join(directory, dirname(name));
    const folder = dirname(readFileSync(join(directory, name), 'utf8').trim());
    // One that is locked is said to come back, such as a stick.
    return existsSync(folder) || existsSync(join(record, 'locked')) ? [] : [folder];
  });
  if (stale.length === 0) return [];
  const found = `${stale.length} worktrees are known to git, and their folders are gone`;
  return [
    notOk('warning', 'git worktrees', found, ['git worktree prune'], { details: stale.slice(0, MOST) }),
  ];
}

const MOST = 5;

/** A run goes on without: agents commit as Tina. */
function examineIdentity(committer: string | null): Examination[] {
  if (committer !== null) return [];
  return [
    notOk('warning', 'git identity', 'git knows no user.name or user.email here: agents commit as Tina', [
      'git config --global user.name "<your name>" && git config --global user.email <your address>',
    ]),
  ];
}

/** git says nothing of a hook that it passes over. */
function examineHooks(folder: string, hooksPath: string | null): Examination[] {
  if (!existsSync(folder)) {
    if (!hooksPath) return [];
    const found = `core.hooksPath is ${hooksPath}, and ${folder} is not there: no hook runs`;
    return [notOk('warning', 'git hooks', found, ['git config --unset core.hooksPath', `or make ${folder}`])];
  }
  const idle = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && HOOK.test(entry.name))
    .map(({ name }) => join(folder, name))
    .filter((path) => (statSync(path).mode & 0o111) === 0);
  if (idle.length === 0) return [];
  return [
    notOk('warning', 'git hooks', `${idle.join(', ')} cannot be executed: git passes over it`, [
      `chmod +x ${idle.join(' ')}`,
    ]),
  ];
}

const HOOK = /^(?:pre|post|prepare|commit|applypatch|update|reference|push|fsmonitor|sendemail)[a-z-]*$/;

/** Left by a git process that was killed; whatever writes there waits for it, or fails. */
function examineLocks(directory: string, now: number): Examination[] {
  const locks = globSync(['*.lock', 'refs/heads/**/*.lock', 'refs/tina/**/*.lock', 'worktrees/*/*.lock'], {
    cwd: directory,
  });
  const old = locks.map((name) => join(directory, name)).filter((path) => isOld(path, now));
  if (old.length === 0) return [];
  return [
    notOk(
      'warning',
      'git locks',
      `${old.join(', ')} is older than 10 minutes: a git process that was killed left it`,
      ['ps -o pid,etime,args -C git, to see that no git is at work', `rm ${old.join(' ')}`],
    ),
  ];
}

function isOld(path: string, now: number): boolean {
  const at = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return at !== undefined && now - at > LOCK_AGE_MS;
}
