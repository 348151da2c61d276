import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { copyIncluded, type CopiedFiles } from './copy-included.ts';
import { prepareWorktree } from './prepare-worktree.ts';
import { resetWorktree } from './reset-worktree.ts';
import { readIfThere, tempRepository, writeFiles, type TempRepository } from './testing/temp-repository.ts';

interface Slot extends TempRepository {
  readonly path: string;
  readonly slotGit: (...args: readonly string[]) => string;
  readonly copy: (...include: readonly string[]) => Promise<CopiedFiles>;
}

async function setUp(files: Readonly<Record<string, string>> = {}): Promise<Slot> {
  const repository = tempRepository();
  const { root, environment, gitIn } = repository;
  const commit = repository.commit(files);
  const path = join(repository.slots, 'slot-1');
  await prepareWorktree({ repository: root, path, commit, environment });
  return {
    ...repository,
    path,
    slotGit: (...args) => gitIn(path, ...args),
    copy: (...include) => copyIncluded({ repository: root, path, include, environment }),
  };
}

test('ignored files come along with their mode, and missing ones are no error', async () => {
  const { root, path, copy, slotGit } = await setUp();
  writeFiles(root, {
    '.env': 'SECRET=1\n',
    'packages/a b/.env': 'A\n',
    'packages/ü\nx/.env': 'B\n',
    'big.log': 'l\n',
  });
  chmodSync(join(root, '.env'), 0o600);
  expect(await copy('.env', './packages/*/.env', 'no/such', 'none-*')).toEqual({
    copied: ['.env', 'packages/a b/.env', 'packages/ü\nx/.env'],
    skipped: [],
  });
  expect(readIfThere(path, '.env')).toBe('SECRET=1\n');
  expect(statSync(join(path, '.env')).mode & 0o777).toBe(0o600);
  expect(existsSync(join(path, 'big.log'))).toBe(false);
  expect(slotGit('status', '--porcelain')).toBe('');
});

test('they survive a reset; what the agent changed in them is put back, what is the same is not written again', async () => {
  const { root, path, copy, environment, git } = await setUp();
  writeFiles(root, { '.env': 'SECRET=1\n' });
  utimesSync(join(root, '.env'), 1_000, 1_000);
  await copy('.env');
  await resetWorktree({ path, commit: git('rev-parse', 'HEAD'), branch: null, environment });
  const before = statSync(join(path, '.env'));
  expect(await copy('.env')).toMatchObject({ copied: ['.env'] });
  expect(statSync(join(path, '.env')).ctimeMs).toBe(before.ctimeMs);
  writeFiles(path, { '.env': 'SECRET=2\n' });
  await copy('.env');
  expect(readIfThere(path, '.env')).toBe('SECRET=1\n');
});

test('G30 what git does not ignore in the slot is not copied, for it could be committed', async () => {
  const { root, path, copy, gitIn, environment } = await setUp();
  writeFiles(root, { 'secret.txt': 's\n', 'readme.md': 'changed\n', '.env': 'SECRET=1\n' });
  expect(await copy('secret.txt', 'readme.md', '.env')).toEqual({
    copied: ['.env'],
    skipped: [{ path: 'secret.txt', reason: 'not-ignored' }],
  });
  expect(readIfThere(path, 'readme.md')).toBe('hello\n');
  // The slot's commit tracks what the checkout ignores.
  writeFiles(path, { '.env': 'TRACKED\n' });
  gitIn(path, 'add', '-f', '.env');
  expect(await copy('.env')).toMatchObject({
    copied: [],
    skipped: [{ path: '.env', reason: 'not-ignored' }],
  });
  expect(readIfThere(path, '.env')).toBe('TRACKED\n');
  expect(await copyIncluded({ repository: root, path, include: [], environment })).toEqual({
    copied: [],
    skipped: [],
  });
});

test('G30 symbolic links lead neither out of the checkout nor out of the slot', async () => {
  const { root, path, folder, copy, commit, environment } = await setUp();
  writeFiles(folder, { 'outside/secret': 'outside\n' });
  writeFiles(root, { '.git/info/exclude': 'linked\n*.link\ninside\n' });
  symlinkSync(join(folder, 'outside', 'secret'), join(root, 'out.link'));
  symlinkSync('nowhere', join(root, 'broken.link'));
  symlinkSync('inside', join(root, 'in.link'));
  symlinkSync('.git/info', join(root, 'folder.link'));
  writeFiles(root, { inside: 'inside\n' });
  const links = await copy('*.link');
  expect(links.copied).toEqual(['in.link']);
  expect(links.skipped).toContainEqual({ path: 'out.link', reason: 'symbolic-link' });
  expect(links.skipped).toContainEqual({ path: 'broken.link', reason: 'symbolic-link' });
  expect(links.skipped).toContainEqual({ path: 'folder.link', reason: 'not-a-file' });
  expect(readIfThere(path, 'in.link')).toBe('inside\n');
  expect(lstatSync(join(path, 'in.link')).isSymbolicLink()).toBe(false);

  // A link that stands in the slot is replaced, and not written through.
  symlinkSync(join(folder, 'outside', 'secret'), join(path, '.env'));
  writeFiles(root, { '.env': 'SECRET=1\n' });
  expect(await copy('.env')).toMatchObject({ copied: ['.env'] });
  expect(readIfThere(folder, 'outside', 'secret')).toBe('outside\n');

  // A folder of the slot that the commit made a link.
  symlinkSync(join(folder, 'outside'), join(root, 'config'));
  const next = commit({});
  await resetWorktree({ path, commit: next, branch: null, environment });
  writeFiles(root, { config: null });
  mkdirSync(join(root, 'config'));
  writeFileSync(join(root, 'config', '.env'), 'x');
  expect(await copy('config/.env')).toEqual({
    copied: [],
    skipped: [{ path: 'config/.env', reason: 'symbolic-link' }],
  });
  expect(existsSync(join(folder, 'outside', '.env'))).toBe(false);
});

test('a folder of the slot in the way is left', async () => {
  const { root, path, copy } = await setUp();
  writeFiles(root, { '.env': 'SECRET=1\n' });
  writeFiles(path, { '.env/file': 'x' });
  expect(await copy('.env')).toEqual({ copied: [], skipped: [{ path: '.env', reason: 'in-the-way' }] });
});

test('a folder stands for all that is in it, repositories in it excepted', async () => {
  const { root, copy, gitIn } = await setUp();
  writeFiles(root, { 'local/one.log': '1', 'local/deep/two.log': '2' });
  gitIn(root, 'init', '-q', 'local/clone.log');
  expect(await copy('local/')).toEqual({ copied: ['local/deep/two.log', 'local/one.log'], skipped: [] });
});

test.each(['/etc/passwd', '../other/.env', 'a/../../b', '', './'])(
  'the pattern "%s" is refused',
  async (pattern) => {
    const { copy } = await setUp();
    await expect(copy(pattern)).rejects.toMatchObject({ code: 'outside_root', subject: pattern });
  },
);
