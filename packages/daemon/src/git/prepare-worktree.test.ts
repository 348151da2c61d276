import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { listWorktrees } from './list-worktrees.ts';
import { prepareWorktree } from './prepare-worktree.ts';
import { withGitShim } from './testing/git-shim.ts';
import { readIfThere, tempRepository, writeFiles, type TempRepository } from './testing/temp-repository.ts';

function setUp(): TempRepository & { readonly path: string; readonly prepare: () => Promise<string> } {
  const repository = tempRepository();
  const path = join(repository.slots, 'run-1', 'slot-1');
  const { root, environment, git } = repository;
  const commit = git('rev-parse', 'HEAD');
  const prepare = async (): Promise<string> =>
    (await prepareWorktree({ repository: root, path, commit, environment, busyWaitMs: 0 })).kind;
  return { ...repository, path, prepare };
}

test('a worktree is made once, detached, and found again with what stands in it', async () => {
  const { root, path, prepare, environment } = setUp();
  expect(await prepare()).toBe('created');
  writeFiles(path, { 'readme.md': 'work\n' });
  expect(await prepare()).toBe('found');
  expect(readIfThere(path, 'readme.md')).toBe('work\n');
  const worktrees = await listWorktrees({ repository: root, environment });
  expect(worktrees.map(({ path, branch }) => ({ path, branch }))).toEqual([
    { path: root, branch: 'main' },
    { path, branch: null },
  ]);
});

test('a folder of the same name in another run is another worktree', async () => {
  const { root, slots, prepare, environment, git } = setUp();
  await prepare();
  const path = join(slots, 'run-2', 'slot-1');
  const commit = git('rev-parse', 'HEAD');
  await prepareWorktree({ repository: root, path, commit, environment });
  expect(await prepare()).toBe('found');
  expect(await listWorktrees({ repository: root, environment })).toHaveLength(3);
});

test('a slot below a symbolic link is found again', async () => {
  const { root, folder, environment, git } = setUp();
  mkdirSync(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  const params = {
    repository: root,
    path: join(folder, 'link', 'slot'),
    commit: git('rev-parse', 'HEAD'),
    environment,
  };
  expect(await prepareWorktree(params)).toEqual({ kind: 'created' });
  expect(await prepareWorktree(params)).toEqual({ kind: 'found' });
});

test('a worktree whose folder is gone is made anew, also when it was locked', async () => {
  const { path, prepare, git, root } = setUp();
  await prepare();
  rmSync(path, { recursive: true });
  expect(await prepare()).toBe('created');
  git('worktree', 'lock', '--reason', 'mine', path);
  rmSync(path, { recursive: true });
  expect(await prepare()).toBe('created');
  expect(readdirSync(join(root, '.git', 'worktrees'))).toHaveLength(1);
});

test('entries of other worktrees are left alone, also those whose folder is gone', async () => {
  const { path, prepare, git, folder, root } = setUp();
  git('worktree', 'add', '-q', join(folder, 'mine'));
  rmSync(join(folder, 'mine'), { recursive: true });
  await prepare();
  rmSync(path, { recursive: true });
  await prepare();
  expect(readdirSync(join(root, '.git', 'worktrees')).toSorted()).toEqual(['mine', 'slot-1']);
});

test('what a killed git left half made is made anew, at each of its steps', async () => {
  const { path, prepare, root } = setUp();
  await prepare();
  const entry = join(root, '.git', 'worktrees', 'slot-1');
  const locked = (): void => writeFileSync(join(entry, 'locked'), 'initializing\n');

  // Killed while files were written.
  locked();
  writeFiles(entry, { index: null, 'index.lock': '' });
  writeFiles(path, { 'readme.md': null });
  expect(await prepare()).toBe('created');
  expect(readIfThere(path, 'readme.md')).toBe('hello\n');

  // Killed before the .git file was written.
  locked();
  rmSync(path, { recursive: true });
  mkdirSync(path);
  expect(await prepare()).toBe('created');

  // Killed before the folder was made.
  locked();
  rmSync(path, { recursive: true });
  expect(await prepare()).toBe('created');

  // The machine died before the entry's files were on the disk.
  locked();
  rmSync(path, { recursive: true });
  writeFileSync(join(entry, 'commondir'), '');
  expect(await prepare()).toBe('created');

  // Killed between making the entry and naming its folder: it can only be told from others by what it lacks.
  writeFiles(root, { '.git/worktrees/slot-11/locked': 'initializing\n' });
  expect(await prepare()).toBe('found');
  expect(existsSync(join(path, 'readme.md'))).toBe(true);
});

test('a slot that lost its .git file is linked again with all that is in it', async () => {
  const { path, prepare, gitIn } = setUp();
  await prepare();
  rmSync(join(path, '.git'));
  writeFiles(path, { new: 'work\n' });
  expect(await prepare()).toBe('relinked');
  expect(gitIn(path, 'status', '--porcelain')).toBe('?? new');
});

test('anything else at the path is an error, and is left as it is', async () => {
  const { path, prepare, gitIn, root } = setUp();
  const occupied = { name: 'GitStateError', code: 'path_occupied', subject: path };
  writeFiles(path, { 'someone/else': 'precious\n' });
  await expect(prepare()).rejects.toMatchObject(occupied);
  expect(readIfThere(path, 'someone/else')).toBe('precious\n');

  rmSync(path, { recursive: true });
  writeFileSync(path, 'a file');
  await expect(prepare()).rejects.toMatchObject(occupied);

  rmSync(path);
  await prepare();
  rmSync(join(path, '.git'));
  gitIn(path, 'init', '-q');
  await expect(prepare()).rejects.toMatchObject(occupied);

  // Filled by something else while it was being made.
  rmSync(join(path, '.git'), { recursive: true });
  writeFiles(root, { '.git/worktrees/slot-1/locked': 'initializing\n' });
  await expect(prepare()).rejects.toMatchObject(occupied);
});

test('an entry that another process is just writing is waited for', async () => {
  const { root, path, prepare, environment, git, folder } = setUp();
  await prepare();
  // As git finds it between the creation of a file and its first byte.
  const commonDirectory = join(root, '.git', 'worktrees', 'slot-1', 'commondir');
  writeFileSync(commonDirectory, '');
  const finishing = withGitShim(
    { folder, environment },
    {
      before: 'worktree *',
      script: `[ -e '${folder}/seen' ] && echo ../.. > '${commonDirectory}'; touch '${folder}/seen'`,
      times: 2,
    },
  );
  const second = {
    repository: root,
    path: `${path}-2`,
    commit: git('rev-parse', 'HEAD'),
    environment: finishing,
  };
  expect(await prepareWorktree(second)).toEqual({ kind: 'created' });
  expect(readIfThere(commonDirectory)).toBe('../..\n');
  expect(await listWorktrees({ repository: root, environment })).toHaveLength(3);
});
