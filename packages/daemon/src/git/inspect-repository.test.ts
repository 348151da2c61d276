import { mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { inspectRepository, type RepositoryFacts } from './inspect-repository.ts';
import { tempRepository, writeFiles, writeScript } from './testing/temp-repository.ts';

async function factsOf(params: Parameters<typeof inspectRepository>[0]): Promise<RepositoryFacts> {
  const inspection = await inspectRepository(params);
  if (inspection.kind !== 'repository') throw new Error(JSON.stringify(inspection.problem));
  return inspection.facts;
}

async function problemOf(params: Parameters<typeof inspectRepository>[0]): Promise<unknown> {
  const inspection = await inspectRepository(params);
  return inspection.kind === 'problem' ? inspection.problem : null;
}

describe('a repository is described', () => {
  test('from its top', async () => {
    const { root, environment, git } = tempRepository();
    expect(await factsOf({ path: root, environment })).toEqual({
      root,
      gitDirectory: join(root, '.git'),
      baseBranch: 'main',
      baseCommit: git('rev-parse', 'HEAD'),
      dirtyFiles: [],
      identity: { name: 'Ada', email: 'ada@example.com' },
    });
  });

  test('from a folder below, through a symbolic link, and from a linked worktree with its own branch', async () => {
    const { root, folder, environment, git } = tempRepository();
    mkdirSync(join(root, 'deep', 'er'), { recursive: true });
    symlinkSync(root, join(folder, 'link'));
    git('worktree', 'add', '-q', '-b', 'side', join(folder, 'linked'));
    expect(await factsOf({ path: join(root, 'deep', 'er'), environment })).toMatchObject({ root });
    expect(await factsOf({ path: join(folder, 'link', 'deep'), environment })).toMatchObject({ root });
    expect(await factsOf({ path: join(folder, 'linked'), environment })).toMatchObject({
      root,
      gitDirectory: join(root, '.git'),
      baseBranch: 'side',
    });
  });

  test('a worktree of a bare repository stands for itself', async () => {
    const { root, folder, environment, git, gitIn } = tempRepository();
    git('clone', '-q', '--bare', root, join(folder, 'bare.git'));
    gitIn(join(folder, 'bare.git'), 'worktree', 'add', '-q', join(folder, 'tree'), 'main');
    expect(await factsOf({ path: join(folder, 'tree'), environment })).toMatchObject({
      root: join(folder, 'tree'),
      gitDirectory: join(folder, 'bare.git'),
      baseBranch: 'main',
    });
  });

  test('with another base, also when HEAD is detached', async () => {
    const { root, environment, git } = tempRepository();
    git('branch', 'release');
    git('checkout', '-q', '--detach');
    expect(await factsOf({ path: root, environment, base: 'release' })).toMatchObject({
      baseBranch: 'release',
    });
    expect(await factsOf({ path: root, environment, base: 'refs/heads/main' })).toMatchObject({
      baseBranch: 'main',
    });
  });

  test('with what is uncommitted, and without writing to the index', async () => {
    const { root, environment } = tempRepository();
    writeFiles(root, { 'readme.md': 'changed\n', 'a b/new\nfile': '' });
    const index = join(root, '.git', 'index');
    const before = readFileSync(index);
    utimesSync(join(root, '.gitignore'), 1, 1);
    utimesSync(index, 2, 2);
    expect(await factsOf({ path: root, environment })).toMatchObject({ dirtyFiles: ['readme.md', 'a b/'] });
    expect(readFileSync(index)).toEqual(before);
    expect(statSync(index).mtimeMs).toBe(2_000);
  });

  test('without an identity where the user gave none', async () => {
    const { root, environment } = tempRepository({ identity: false });
    expect(await factsOf({ path: root, environment })).toMatchObject({ identity: null });
    const named = { ...environment, GIT_COMMITTER_NAME: 'Bo', GIT_COMMITTER_EMAIL: 'bo@example.com' };
    expect(await factsOf({ path: root, environment: named })).toMatchObject({
      identity: { name: 'Bo', email: 'bo@example.com' },
    });
  });
});

describe('what cannot be worked with is said', () => {
  test('no folder, no repository, no work tree', async () => {
    const { root, folder, environment, git } = tempRepository();
    git('clone', '-q', '--bare', root, join(folder, 'bare.git'));
    const path = join(folder, 'nowhere');
    expect(await problemOf({ path, environment })).toEqual({ kind: 'not-a-folder', path });
    expect(await problemOf({ path: folder, environment })).toEqual({
      kind: 'not-a-repository',
      path: folder,
    });
    for (const inside of [join(folder, 'bare.git'), join(root, '.git')]) {
      expect(await problemOf({ path: inside, environment })).toEqual({ kind: 'no-work-tree', path: inside });
    }
  });

  test('no commits, with and without a base named', async () => {
    const { folder, environment, gitIn } = tempRepository();
    gitIn(folder, 'init', '-q', 'empty');
    const root = join(folder, 'empty');
    expect(await problemOf({ path: root, environment })).toEqual({ kind: 'no-commits', root });
    expect(await problemOf({ path: root, environment, base: 'main' })).toEqual({ kind: 'no-commits', root });
  });

  test('a detached HEAD without a base, an unknown base', async () => {
    const { root, environment, git } = tempRepository();
    git('checkout', '-q', '--detach');
    const commit = git('rev-parse', 'HEAD');
    expect(await problemOf({ path: root, environment })).toEqual({ kind: 'detached-head', root, commit });
    expect(await problemOf({ path: root, environment, base: 'mian' })).toEqual({
      kind: 'unknown-base',
      root,
      base: 'mian',
      branches: ['main'],
    });
  });

  test('git missing, too old, or refusing', async () => {
    const { root, folder, environment } = tempRepository();
    expect(await problemOf({ path: root, environment: { PATH: folder } })).toEqual({ kind: 'git-missing' });
    writeScript(join(folder, 'git'), 'echo git version 2.37.9');
    expect(await problemOf({ path: root, environment: { PATH: folder } })).toEqual({
      kind: 'git-too-old',
      version: '2.37.9',
      minimum: '2.38',
    });
    writeFileSync(join(root, '.git', 'config'), '[core\n');
    expect(await problemOf({ path: root, environment })).toMatchObject({
      kind: 'git-refused',
      reason: expect.stringContaining('bad config'),
    });
  });
});
