import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { deleteBranch } from './delete-branch.ts';
import { prepareWorktree } from './prepare-worktree.ts';
import { detachWorktree, resetWorktree } from './reset-worktree.ts';
import { readIfThere, tempRepository, writeFiles, type TempRepository } from './testing/temp-repository.ts';

interface Slot extends TempRepository {
  readonly path: string;
  readonly start: string;
  readonly slotGit: (...args: readonly string[]) => string;
  readonly reset: (branch?: string | null, commit?: string) => Promise<void>;
}

async function setUp(): Promise<Slot> {
  const repository = tempRepository();
  const { root, environment, git, gitIn } = repository;
  const path = join(repository.slots, 'slot-1');
  const start = git('rev-parse', 'HEAD');
  await prepareWorktree({ repository: root, path, commit: start, environment });
  const reset: Slot['reset'] = (branch = null, commit = start) =>
    resetWorktree({ path, commit, branch, environment, busyWaitMs: 0 });
  return { ...repository, path, start, reset, slotGit: (...args) => gitIn(path, ...args) };
}

describe('a slot is brought to a commit', () => {
  test('detached, or on a branch that is created or moved', async () => {
    const { slotGit, git, reset, start, commit, root } = await setUp();
    const next = commit({ 'b.txt': 'b\n' });
    await reset(null, next);
    expect(slotGit('rev-parse', 'HEAD')).toBe(next);
    expect(() => slotGit('symbolic-ref', '-q', 'HEAD')).toThrow('Command failed');
    await reset('tina-attempt/r-a1', next);
    expect(slotGit('symbolic-ref', 'HEAD')).toBe('refs/heads/tina-attempt/r-a1');
    await reset('tina-attempt/r-a1', start);
    expect(git('rev-parse', 'tina-attempt/r-a1')).toBe(start);
    expect(slotGit('status', '--porcelain')).toBe('');
    expect(readFileSync(join(root, '.git', 'config'), 'utf8')).not.toContain('tina-attempt');
  });

  test('what was changed or not tracked is gone, what git ignores stays', async () => {
    const { path, slotGit, reset } = await setUp();
    writeFiles(path, {
      'readme.md': 'changed\n',
      'staged.txt': 's\n',
      '.env': 'SECRET=1\n',
      'build.log': 'log\n',
      'new/file': 'n\n',
      'new\nline ü': 'n\n',
    });
    slotGit('add', 'staged.txt');
    mkdirSync(join(path, 'clone'));
    slotGit('init', '-q', 'clone');
    await reset('tina-attempt/r-a2');
    expect(slotGit('status', '--porcelain', '--ignored').split('\n')).toEqual(['!! .env', '!! build.log']);
    expect(readIfThere(path, 'readme.md')).toBe('hello\n');
  });

  test('untracked and ignored files in the way of the commit are replaced', async () => {
    const { path, reset, commitIn, start, slotGit } = await setUp();
    const next = commitIn(path, { 'folder/file': 'tracked\n' });
    await reset();
    writeFiles(path, { folder: 'a file\n' });
    await reset(null, next);
    expect(readIfThere(path, 'folder', 'file')).toBe('tracked\n');
    expect(start).not.toBe(next);
    expect(slotGit('status', '--porcelain')).toBe('');
  });

  test('out of the middle of a merge, rebase, cherry-pick or bisection', async () => {
    const { path, slotGit, reset, commitIn, start, git } = await setUp();
    const one = commitIn(path, { 'readme.md': 'one\n' });
    await reset();
    const two = commitIn(path, { 'readme.md': 'two\n' });
    const begun: readonly (readonly string[])[] = [
      ['merge', one],
      ['rebase', one],
      ['rebase', '--apply', one],
      ['cherry-pick', one],
      ['revert', '--no-edit', start],
    ];
    for (const command of begun) {
      await reset(null, two);
      expect(() => slotGit(...command)).toThrow('Command failed');
      await reset('tina-attempt/r-a3');
      expect([command, slotGit('status')]).toEqual([
        command,
        'On branch tina-attempt/r-a3\nnothing to commit, working tree clean',
      ]);
    }
    await reset(null, two);
    slotGit('bisect', 'start', two, start);
    await reset('tina-attempt/r-a3');
    expect(slotGit('status')).not.toContain('bisect');
    expect(git('stash', 'list')).toBe('');
  });

  test('out of a HEAD that names no commit', async () => {
    const { slotGit, reset } = await setUp();
    await reset('tina-attempt/r-a4');
    slotGit('update-ref', '-d', 'HEAD');
    await reset('tina-attempt/r-a4');
    expect(slotGit('status', '--porcelain')).toBe('');
  });

  test('twice is the same as once', async () => {
    const { slotGit, reset } = await setUp();
    await reset('tina-attempt/r-a5');
    await reset('tina-attempt/r-a5');
    expect(slotGit('status', '--porcelain', '--branch')).toBe('## tina-attempt/r-a5');
  });
});

describe('after a machine died', () => {
  test('locks of dead processes are removed, in this worktree alone', async () => {
    const { root, reset, slotGit } = await setUp();
    const entry = join(root, '.git', 'worktrees', 'slot-1');
    writeFiles(entry, { 'index.lock': '', 'HEAD.lock': '', 'tina-rescue-x/index': '' });
    writeFiles(root, { '.git/index.lock': 'the user is at work' });
    await reset('tina-attempt/r-a1');
    expect(existsSync(join(entry, 'index.lock'))).toBe(false);
    expect(existsSync(join(entry, 'tina-rescue-x'))).toBe(false);
    expect(readIfThere(root, '.git/index.lock')).toBe('the user is at work');
    expect(slotGit('status', '--porcelain')).toBe('');
  });

  test('a lock that a living git holds is not removed', async ({ skip }) => {
    skip(process.platform !== 'linux', 'only Linux says what other processes do');
    const { root, path, reset, environment, folder } = await setUp();
    const lock = join(root, '.git', 'worktrees', 'slot-1', 'index.lock');
    writeFileSync(lock, '');
    // "git" by name, at work in the slot.
    const holder = spawn('cat', {
      argv0: 'git',
      cwd: path,
      env: environment,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    onTestFinished(() => {
      holder.kill();
    });
    holder.stdin.write('ready');
    await once(holder.stdout, 'data');
    await expect(reset()).rejects.toMatchObject({ code: 'worktree_busy', subject: path });
    expect(existsSync(lock)).toBe(true);
    holder.stdin.end();
    await once(holder, 'close');
    await reset();
    expect(existsSync(lock)).toBe(false);
    expect(existsSync(folder)).toBe(true);
  });

  test('a lock beside the branch is removed', async () => {
    const { root, reset, slotGit } = await setUp();
    writeFiles(root, { '.git/refs/heads/tina-attempt/r-a1.lock': '' });
    await reset('tina-attempt/r-a1');
    expect(slotGit('symbolic-ref', '--short', 'HEAD')).toBe('tina-attempt/r-a1');
  });

  test('a torn or missing index is made anew', async () => {
    const { root, path, reset, slotGit } = await setUp();
    const index = join(root, '.git', 'worktrees', 'slot-1', 'index');
    writeFileSync(index, 'torn');
    writeFiles(path, { 'readme.md': 'changed\n' });
    await reset('tina-attempt/r-a1');
    expect(slotGit('status', '--porcelain')).toBe('');
    rmSync(index);
    await reset('tina-attempt/r-a1');
    expect(slotGit('status', '--porcelain')).toBe('');
  });
});

describe('it is refused', () => {
  test('where the branch is checked out elsewhere, and the branch stays where it is', async () => {
    const { root, folder, git, reset, commit, start, environment } = await setUp();
    git('branch', 'side');
    const elsewhere = join(folder, 'elsewhere');
    git('worktree', 'add', '-q', elsewhere, 'side');
    const next = commit({ 'b.txt': 'b\n' });
    await expect(reset('side', next)).rejects.toMatchObject({ code: 'branch_checked_out', subject: 'side' });
    expect(git('rev-parse', 'side')).toBe(start);
    rmSync(elsewhere, { recursive: true });
    await reset('side', next);
    expect(git('rev-parse', 'side')).toBe(next);
    await expect(
      resetWorktree({ path: root, commit: start, branch: null, environment }),
      'the main checkout is no slot',
    ).rejects.toMatchObject({ code: 'not_a_worktree' });
  });

  test('for a commit that is not there, with everything left as it was', async () => {
    const { path, reset } = await setUp();
    writeFiles(path, { 'readme.md': 'changed\n' });
    await expect(reset(null, '1'.repeat(40))).rejects.toMatchObject({ code: 'commit_missing' });
    expect(readIfThere(path, 'readme.md')).toBe('changed\n');
  });
});

test('a detached slot keeps files and index, and its branch can be deleted', async () => {
  const { root, path, reset, start, slotGit, environment } = await setUp();
  await reset('tina-attempt/r-a1');
  writeFiles(path, { 'staged.txt': 's\n' });
  slotGit('add', '-A');
  const branch = { repository: root, branch: 'tina-attempt/r-a1', expected: start, environment };
  expect(await deleteBranch(branch)).toEqual({ kind: 'checked-out', path });
  await detachWorktree({ path, environment });
  await detachWorktree({ path, environment });
  expect(slotGit('status', '--porcelain')).toBe('A  staged.txt');
  expect(await deleteBranch(branch)).toEqual({ kind: 'deleted' });
  await expect(detachWorktree({ path: root, environment })).rejects.toMatchObject({ code: 'not_a_worktree' });
});
