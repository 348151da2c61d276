import { join } from 'node:path';

import { expect, test } from 'vitest';

import { beginMerge } from './begin-merge.ts';
import { prepareWorktree } from './prepare-worktree.ts';
import { resetWorktree } from './reset-worktree.ts';
import { readIfThere, tempRepository, writeFiles, type TempRepository } from './testing/temp-repository.ts';

interface Slot extends TempRepository {
  readonly path: string;
  readonly start: string;
  readonly slotGit: (...args: readonly string[]) => string;
}

async function setUp(): Promise<Slot> {
  const repository = tempRepository({ identity: false });
  const { root, environment, git, gitIn } = repository;
  const path = join(repository.slots, 'slot-1');
  const start = git('rev-parse', 'HEAD');
  await prepareWorktree({ repository: root, path, commit: start, environment });
  await resetWorktree({ path, commit: start, branch: 'tina-attempt/r-a1', environment });
  return { ...repository, path, start, slotGit: (...args) => gitIn(path, ...args) };
}

test('conflicts are left in place and named, whatever their names', async () => {
  const { path, commit, commitIn, environment, slotGit } = await setUp();
  const theirs = commit({ 'readme.md': 'theirs\n', 'ü\nname': 'theirs\n', 'new.txt': 'n\n' });
  commitIn(path, { 'readme.md': 'ours\n', 'ü\nname': 'ours\n' });
  const merge = { path, commit: theirs, message: 'Bring both together', environment };
  const begun = { isUpToDate: false, conflicts: ['readme.md', 'ü\nname'] };
  expect(await beginMerge(merge)).toEqual(begun);
  expect(readIfThere(path, 'readme.md')).toContain('<<<<<<< HEAD');
  expect(readIfThere(path, 'new.txt')).toBe('n\n');
  // Done again, the merge under way is found, with what was resolved since left out.
  expect(await beginMerge(merge)).toEqual(begun);
  writeFiles(path, { 'readme.md': 'both\n' });
  slotGit('add', 'readme.md');
  expect(await beginMerge(merge)).toEqual({ isUpToDate: false, conflicts: ['ü\nname'] });
  await expect(beginMerge({ ...merge, commit: slotGit('rev-parse', 'HEAD') })).rejects.toMatchObject({
    code: 'merge_in_progress',
  });
  writeFiles(path, { 'ü\nname': 'both\n' });
  slotGit('-c', 'user.name=Ada', '-c', 'user.email=a@b', 'commit', '-qa', '--no-edit');
  expect(slotGit('log', '-1', '--format=%s %P').split(' ')).toEqual([
    ...'Bring both together'.split(' '),
    expect.any(String),
    theirs,
  ]);
});

test('a merge without conflicts stops before the commit, also where it could be fast-forwarded', async () => {
  const { path, commit, start, environment, slotGit } = await setUp();
  const theirs = commit({ 'new.txt': 'n\n' });
  expect(await beginMerge({ path, commit: theirs, message: 'm', environment })).toEqual({
    isUpToDate: false,
    conflicts: [],
  });
  expect(slotGit('rev-parse', 'HEAD')).toBe(start);
  expect(slotGit('status', '--porcelain')).toBe('A  new.txt');
});

test('what is merged already is nothing to merge', async () => {
  const { path, start, environment } = await setUp();
  expect(await beginMerge({ path, commit: start, message: 'm', environment })).toEqual({
    isUpToDate: true,
    conflicts: [],
  });
});

test('it is refused in a main checkout and in a slot with changes in the way', async () => {
  const { root, path, commit, start, environment } = await setUp();
  const theirs = commit({ 'readme.md': 'theirs\n' });
  await expect(beginMerge({ path: root, commit: start, message: 'm', environment })).rejects.toMatchObject({
    code: 'not_a_worktree',
  });
  writeFiles(path, { 'readme.md': 'dirty\n' });
  await expect(beginMerge({ path, commit: theirs, message: 'm', environment })).rejects.toMatchObject({
    code: 'git_failed',
    stderr: expect.stringContaining('readme.md'),
  });
});
