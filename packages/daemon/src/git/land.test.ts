import { existsSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { LandResult } from '@tina/domain';
import { describe, expect, test } from 'vitest';

import { land } from './land.ts';
import { withGitShim } from './testing/git-shim.ts';
import { readIfThere, tempRepository, writeFiles, type TempRepository } from './testing/temp-repository.ts';

interface Finish extends TempRepository {
  readonly base: string;
  readonly tip: string;
  readonly landing: (more?: Partial<Parameters<typeof land>[0]>) => Promise<LandResult>;
}

/** `main` has some files; the tip changes, adds, removes, renames and replaces some of them. */
function setUp(): Finish {
  const repository = tempRepository();
  const { root, environment, git, commit } = repository;
  const base = commit({
    'kept.txt': 'k\n',
    'changed.txt': 'old\n',
    'removed.txt': 'r\n',
    'folder/file': 'f\n',
  });
  git('checkout', '-q', '-b', 'tina/feature');
  const tip = commit({
    'changed.txt': 'new\n',
    'removed.txt': null,
    folder: null,
    'added/ü\nfile': 'a\n',
    'second.txt': 's\n',
  });
  git('checkout', '-q', 'main');
  return {
    ...repository,
    base,
    tip,
    landing: (more) =>
      land({
        repository: root,
        branch: 'tina/feature',
        baseBranch: 'main',
        expectedBase: base,
        tip,
        environment,
        ...more,
      }),
  };
}

function expectAtTip({ root, tip, git }: Finish): void {
  expect(git('rev-parse', 'main')).toBe(tip);
  expect(git('status', '--porcelain')).toBe('');
  expect(readIfThere(root, 'changed.txt')).toBe('new\n');
  expect(readIfThere(root, 'added/ü\nfile')).toBe('a\n');
  expect(existsSync(join(root, 'removed.txt'))).toBe(false);
}

function expectUntouched({ root, base, git }: Finish): void {
  expect(git('rev-parse', 'main')).toBe(base);
  expect(git('diff', '--cached', '--name-only')).not.toContain('changed.txt');
  expect(readIfThere(root, 'removed.txt')).toBe('r\n');
}

describe('the base lands on the tip', () => {
  test('with the checkout it is in, and only once', async () => {
    const finish = setUp();
    const landed = { kind: 'landed', commit: finish.tip, checkout: 'updated' };
    expect(await finish.landing()).toEqual(landed);
    expectAtTip(finish);
    expect(await finish.landing()).toEqual(landed);
    expectAtTip(finish);
    expect(finish.git('reflog', '-1', 'HEAD')).toContain('tina: land');
  });

  test('alone, where it is not checked out', async () => {
    const { git, landing, tip, root, base } = setUp();
    git('checkout', '-q', '--detach', base);
    writeFiles(root, { 'changed.txt': 'mine\n' });
    expect(await landing()).toEqual({ kind: 'landed', commit: tip, checkout: 'none' });
    expect(git('rev-parse', 'main')).toBe(tip);
    expect(git('rev-parse', 'HEAD')).toBe(base);
    expect(readIfThere(root, 'changed.txt')).toBe('mine\n');
    expect(await landing()).toMatchObject({ kind: 'landed', checkout: 'none' });
  });

  test('with a linked worktree it is in', async () => {
    const { git, gitIn, landing, tip, folder, base } = setUp();
    const linked = join(folder, 'linked');
    git('checkout', '-q', '--detach', base);
    git('worktree', 'add', '-q', linked, 'main');
    expect(await landing()).toEqual({ kind: 'landed', commit: tip, checkout: 'updated' });
    expect(gitIn(linked, 'status', '--porcelain', '--branch')).toBe('## main');
    expect(gitIn(linked, 'reflog', '-1', 'HEAD')).toContain('tina: land');
    expect(git('rev-parse', 'HEAD')).toBe(base);
  });

  test('past files that the checkout has and git does not know, and past touched files', async () => {
    const finish = setUp();
    writeFiles(finish.root, { 'notes.txt': 'mine\n', '.env': 'SECRET\n', 'added/other': 'mine\n' });
    utimesSync(join(finish.root, 'changed.txt'), 1, 1);
    expect(await finish.landing()).toMatchObject({ kind: 'landed' });
    expect(readIfThere(finish.root, 'notes.txt')).toBe('mine\n');
    expect(readIfThere(finish.root, '.env')).toBe('SECRET\n');
    expect(readIfThere(finish.root, 'added/other')).toBe('mine\n');
    expect(finish.git('status', '--porcelain')).toBe('?? added/other\n?? notes.txt');
  });
});

describe('decision 006: nothing moves where the checkout is dirty', () => {
  const cases: readonly (readonly [string, (finish: Finish) => void, readonly string[]])[] = [
    ['a changed file', ({ root }) => writeFiles(root, { 'kept.txt': 'mine\n' }), ['kept.txt']],
    ['a deleted file', ({ root }) => writeFiles(root, { 'kept.txt': null }), ['kept.txt']],
    [
      'a staged file',
      ({ root, git }) => {
        writeFiles(root, { 'staged.txt': 'mine\n' });
        git('add', 'staged.txt');
      },
      ['staged.txt'],
    ],
    [
      'an untracked file in the way',
      ({ root }) => writeFiles(root, { 'second.txt': 'mine\n' }),
      ['second.txt'],
    ],
    [
      'an ignored file in the way',
      ({ root }) => {
        writeFiles(root, { '.git/info/exclude': 'second.txt\n', 'second.txt': 'mine\n' });
      },
      ['second.txt'],
    ],
    [
      'an untracked file where a folder is to be',
      ({ root }) => writeFiles(root, { added: 'mine\n' }),
      ['added'],
    ],
    [
      'a link where a file is to be',
      ({ root }) => symlinkSync('/nowhere', join(root, 'second.txt')),
      ['second.txt'],
    ],
    [
      'a folder where a file is to be',
      ({ root }) => writeFiles(root, { 'second.txt/mine': 'mine\n' }),
      ['second.txt'],
    ],
    [
      'a change that the index is told not to see',
      ({ root, git }) => {
        git('update-index', '--assume-unchanged', 'changed.txt');
        writeFiles(root, { 'changed.txt': 'mine\n' });
      },
      ['changed.txt'],
    ],
    [
      'a merge under way',
      ({ root, base }) => writeFileSync(join(root, '.git', 'MERGE_HEAD'), `${base}\n`),
      ['MERGE_HEAD'],
    ],
  ];
  test.each(cases)('%s', async (_, spoil, files) => {
    const finish = setUp();
    spoil(finish);
    expect(await finish.landing()).toEqual({
      kind: 'checkout-dirty',
      path: finish.root,
      files: files.map((name) => expect.stringContaining(name)),
    });
    expectUntouched(finish);
  });

  test('and git’s own lock is left alone', async () => {
    const finish = setUp();
    const lock = join(finish.root, '.git', 'index.lock');
    writeFileSync(lock, '');
    await expect(finish.landing()).rejects.toMatchObject({ code: 'checkout_locked', subject: finish.root });
    expect(existsSync(lock)).toBe(true);
    expect(finish.git('rev-parse', 'main')).toBe(finish.base);
  });

  test('in a second checkout of the base', async () => {
    const finish = setUp();
    const linked = join(finish.folder, 'linked');
    finish.git('worktree', 'add', '-q', '--force', linked, 'main');
    writeFiles(linked, { 'kept.txt': 'mine\n' });
    expect(await finish.landing()).toEqual({ kind: 'checkout-dirty', path: linked, files: ['kept.txt'] });
    expectUntouched(finish);
  });
});

describe('it is refused', () => {
  test('when the base moved', async () => {
    const { landing, commit, git } = setUp();
    const baseCommit = commit({ 'other.txt': 'o\n' });
    expect(await landing()).toEqual({ kind: 'base-moved', baseCommit });
    expect(git('rev-parse', 'main')).toBe(baseCommit);
  });

  test('when the base is gone, or the tip does not contain it', async () => {
    const { landing, base, tip, git } = setUp();
    const orphan = git('commit-tree', `${tip}^{tree}`, '-m', 'orphan');
    await expect(landing({ tip: orphan })).rejects.toMatchObject({ code: 'not_a_descendant' });
    git('checkout', '-q', '--detach', base);
    git('branch', '-D', 'main');
    await expect(landing()).rejects.toMatchObject({
      code: 'branch_missing',
      subject: 'main',
      next: [`git branch main ${base}`, 'git branch --list'],
    });
  });
});

describe('done again after a crash', () => {
  test('between the branch and the checkout, the checkout follows', async () => {
    const finish = setUp();
    finish.git('update-ref', 'refs/heads/main', finish.tip);
    expect(await finish.landing()).toEqual({ kind: 'landed', commit: finish.tip, checkout: 'updated' });
    expectAtTip(finish);
  });

  test('in the middle of the checkout’s files, the rest follows', async () => {
    const finish = setUp();
    finish.git('update-ref', 'refs/heads/main', finish.tip);
    writeFiles(finish.root, { 'changed.txt': 'new\n', 'removed.txt': null, 'second.txt': 's\n' });
    expect(await finish.landing()).toMatchObject({ kind: 'landed', checkout: 'updated' });
    expectAtTip(finish);
  });

  const edits: readonly (readonly [string, Readonly<Record<string, string | null>>])[] = [
    ['a file of the user’s', { 'kept.txt': 'mine\n' }],
    ['a file that changes', { 'changed.txt': 'mine\n' }],
    ['a file that goes', { 'removed.txt': 'mine\n' }],
    ['a file that comes', { 'second.txt': 'mine\n' }],
  ];
  test.each(edits)('a checkout in which %s was edited since is left', async (_, files) => {
    const finish = setUp();
    finish.git('update-ref', 'refs/heads/main', finish.tip);
    writeFiles(finish.root, files);
    const index = readFileSync(join(finish.root, '.git', 'index'));
    expect(await finish.landing()).toEqual({ kind: 'landed', commit: finish.tip, checkout: 'none' });
    for (const [name, content] of Object.entries(files)) expect(readIfThere(finish.root, name)).toBe(content);
    expect(finish.git('ls-files')).toContain('removed.txt');
    expect(index.length).toBeGreaterThan(0);
  });

  test('a checkout whose index was changed since is left', async () => {
    const finish = setUp();
    finish.git('update-ref', 'refs/heads/main', finish.tip);
    writeFiles(finish.root, { 'kept.txt': 'mine\n' });
    finish.git('add', 'kept.txt');
    expect(await finish.landing()).toMatchObject({ kind: 'landed', checkout: 'none' });
    expect(readIfThere(finish.root, 'kept.txt')).toBe('mine\n');
  });

  test('a base on which someone went on is landed', async () => {
    const finish = setUp();
    await finish.landing();
    finish.commit({ 'more.txt': 'm\n' });
    expect(await finish.landing()).toEqual({ kind: 'landed', commit: finish.tip, checkout: 'none' });
  });
});

describe('someone writes to the checkout in that very moment', () => {
  test('before the branch moves: nothing moves', async () => {
    const finish = setUp();
    const other = finish.git('commit-tree', `${finish.base}^{tree}`, '-p', finish.base, '-m', 'other');
    const environment = withGitShim(finish, {
      before: 'update-ref *',
      script: `GIT update-ref refs/heads/main ${other}`,
    });
    expect(await finish.landing({ environment })).toEqual({ kind: 'base-moved', baseCommit: other });
    expect(readIfThere(finish.root, 'changed.txt')).toBe('old\n');
  });

  test('after the branch moved: it goes back, and so do checkouts that had followed', async () => {
    const finish = setUp();
    const linked = join(finish.folder, 'linked');
    finish.git('worktree', 'add', '-q', '--force', linked, 'main');
    const environment = withGitShim(finish, {
      before: 'read-tree -m *',
      script: `echo mine > '${linked}/changed.txt'`,
    });
    expect(await finish.landing({ environment })).toEqual({
      kind: 'checkout-dirty',
      path: linked,
      files: ['changed.txt'],
    });
    expectUntouched(finish);
    expect(finish.git('status', '--porcelain')).toBe('');
    expect(readIfThere(linked, 'changed.txt')).toBe('mine\n');
    expect(finish.gitIn(linked, 'status', '--porcelain')).toBe(' M changed.txt');
  });
});
