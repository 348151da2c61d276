import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { beginMerge } from '../../git/index.ts';
import { tempRepository, writeFiles, type TempRepository } from '../../git/testing/temp-repository.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { attemptFiles } from './attempt-files.ts';
import { writeScopeHooks } from './scope-hooks.ts';
import { TimedCache } from './timed-cache.ts';

interface Resolving extends TempRepository {
  readonly work: string;
  /** Writes files and commits everything as an agent would; answers what git complains of, nothing when it took it. */
  readonly commitAsAgent: (files: Readonly<Record<string, string | null>>) => string;
}

/** A worktree where a merge of two sides stopped at a conflict in `shared.txt`, and one of a file with a folder. */
async function resolving(): Promise<Resolving> {
  const repository = tempRepository();
  const { root, folder, environment, git, gitIn, commitIn } = repository;
  const start = git('rev-parse', 'HEAD');
  const work = join(folder, 'work');
  git('worktree', 'add', '-q', '--detach', work);
  const other = commitIn(work, { 'shared.txt': 'theirs\n', 'theirs.txt': 'theirs\n', 'shelf/book': 'b\n' });
  gitIn(work, 'checkout', '-q', '-b', 'attempt', start);
  const one = commitIn(work, { 'shared.txt': 'ours\n', 'ours.txt': 'ours\n', shelf: 'one book\n' });
  await beginMerge({ path: work, commit: other, message: 'Merge', environment });
  const files = attemptFiles(join(folder, 'attempts'), 'r1-a1');
  const scope = ['shared.txt', 'shelf', 'shelf/'];
  const known = new TimedCache<string>(new ManualClock(), 1_000);
  const options = { repository: root, environment };
  const sides = { startCommit: one, mergeCommit: other };
  await writeScopeHooks({ files, worktree: work, scope, ...sides, git: options, known });
  const commitAsAgent: Resolving['commitAsAgent'] = (changes) => {
    writeFiles(work, changes);
    gitIn(work, 'add', '-A');
    const args = ['-c', `core.hooksPath=${files.hooks}`, 'commit', '-q', '--no-edit', '-m', 'Resolve'];
    const { status, stderr } = spawnSync('git', args, { cwd: work, env: environment, encoding: 'utf8' });
    return status === 0 ? '' : stderr;
  };
  return { ...repository, work, commitAsAgent };
}

const RESOLVED = { 'shared.txt': 'both\n', 'shelf/book': 'both\n' };

/** Removes what git has put aside. */
function clearAside({ work, gitIn }: Resolving): void {
  gitIn(work, 'rm', '-q', '-f', '--cached', 'shelf~HEAD');
  writeFiles(work, { 'shelf~HEAD': null });
}

it('G21 a resolver commits what the conflict was about, and what git brings together by itself', async () => {
  const run = await resolving();
  clearAside(run);
  expect(run.commitAsAgent(RESOLVED)).toBe('');
  expect(run.gitIn(run.work, 'ls-tree', '-r', '--name-only', 'HEAD').split('\n')).toEqual([
    '.gitignore',
    'ours.txt',
    'readme.md',
    'shared.txt',
    'shelf/book',
    'theirs.txt',
  ]);
});

it('G21 a resolver commits no other file, and undoes neither side', async () => {
  const run = await resolving();
  clearAside(run);
  const said = run.commitAsAgent({
    ...RESOLVED,
    'evil.sh': 'rm\n',
    'theirs.txt': null,
    'ours.txt': 'mine\n',
  });
  expect(said).toContain(
    'outside the scope of your task (shared.txt, shelf, shelf/):\nevil.sh\nours.txt\ntheirs.txt\n',
  );
  expect(run.commitAsAgent({ 'evil.sh': null, 'theirs.txt': 'theirs\n', 'ours.txt': 'ours\n' })).toBe('');
  // Once the merge is concluded, it is the same.
  expect(run.commitAsAgent({ 'late.txt': 'late\n' })).toContain('late.txt');
  expect(run.commitAsAgent({ 'late.txt': null, 'shared.txt': 'better\n' })).toBe('');
});

it('G21 an agent may undo what it has brought past the hooks', async () => {
  const run = await resolving();
  clearAside(run);
  writeFiles(run.work, { ...RESOLVED, 'readme.md': 'mine\n' });
  run.gitIn(run.work, 'add', '-A');
  run.gitIn(run.work, 'commit', '-q', '--no-verify', '-m', 'Past the hooks');
  expect(run.commitAsAgent({ 'shared.txt': 'better\n' })).toContain('):\nreadme.md\n');
  expect(run.commitAsAgent({ 'readme.md': 'hello\n' })).toBe('');
});
