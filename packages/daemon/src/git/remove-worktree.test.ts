import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { prepareWorktree } from './prepare-worktree.ts';
import { removeWorktree } from './remove-worktree.ts';
import { readIfThere, tempRepository, writeFiles, type TempRepository } from './testing/temp-repository.ts';
import { worktreeSize } from './worktree-size.ts';

async function setUp(): Promise<
  TempRepository & { readonly path: string; readonly remove: (path?: string) => Promise<string> }
> {
  const repository = tempRepository();
  const { root, slots, environment, git } = repository;
  const path = join(slots, 'run-1', 'slot-1');
  await prepareWorktree({ repository: root, path, commit: git('rev-parse', 'HEAD'), environment });
  const remove = async (target = path): Promise<string> =>
    (await removeWorktree({ repository: root, root: slots, path: target, environment })).kind;
  return { ...repository, path, remove };
}

test('a worktree goes with all that is in it, and only once', async () => {
  const { root, path, remove, git } = await setUp();
  writeFiles(path, { 'readme.md': 'dirty\n', '.env': 'x', 'cache/deep/file': 'x' });
  chmodSync(join(path, 'cache', 'deep'), 0o555);
  git('worktree', 'lock', path);
  expect(await remove()).toBe('removed');
  expect(existsSync(path)).toBe(false);
  expect(existsSync(join(root, '.git', 'worktrees'))).toBe(false);
  expect(await remove()).toBe('absent');
});

test('what an interrupted removal left is removed', async () => {
  const { path, remove, git } = await setUp();
  rmSync(join(path, '.git'));
  expect(await remove()).toBe('removed');
  expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  expect(existsSync(path)).toBe(false);
});

test('an entry whose folder is gone is removed', async () => {
  const { path, remove, git } = await setUp();
  rmSync(path, { recursive: true });
  expect(await remove()).toBe('removed');
  expect(git('worktree', 'list').split('\n')).toHaveLength(1);
});

test('a worktree whose repository is gone is removed', async () => {
  const { root, path, remove } = await setUp();
  rmSync(root, { recursive: true });
  expect(await remove()).toBe('removed');
  expect(existsSync(path)).toBe(false);
});

test('nothing outside the root is removed, be it by dots or by links', async () => {
  const { root, slots, folder, remove, path } = await setUp();
  renameSync(path, join(folder, 'elsewhere'));
  symlinkSync(join(folder, 'elsewhere'), path);
  for (const target of [root, slots, join(slots, '..', 'project'), path]) {
    await expect(remove(target)).rejects.toMatchObject({ code: 'outside_root' });
  }
  expect(readIfThere(folder, 'elsewhere', 'readme.md')).toBe('hello\n');
});

test('a folder that is no worktree of the repository is left', async () => {
  const { slots, remove } = await setUp();
  mkdirSync(join(slots, 'foreign'), { recursive: true });
  writeFiles(slots, { 'foreign/file': 'precious\n' });
  await expect(remove(join(slots, 'foreign'))).rejects.toMatchObject({ code: 'path_occupied' });
  expect(readIfThere(slots, 'foreign', 'file')).toBe('precious\n');
});

test('the size of a folder is what it takes on the disk; of none it is unknown', async () => {
  const { path, environment } = await setUp();
  const before = await worktreeSize({ path, environment });
  writeFiles(path, { 'big.log': 'x'.repeat(1024 * 1024) });
  const after = await worktreeSize({ path, environment });
  expect((after?.bytes ?? 0) - (before?.bytes ?? 0)).toBeGreaterThanOrEqual(1024 * 1024);
  expect(await worktreeSize({ path: join(path, 'gone'), environment })).toBeNull();
});
