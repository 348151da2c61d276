import { setImmediate } from 'node:timers/promises';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { prepareWorktree } from './prepare-worktree.ts';
import { rescueWork, type RescuedWork } from './rescue-work.ts';
import { resetWorktree } from './reset-worktree.ts';
import { withGitShim } from './testing/git-shim.ts';
import { tempRepository, writeFiles, type TempRepository } from './testing/temp-repository.ts';

const REF = 'refs/tina/attempts/r-a1';
const BRANCH = 'tina-attempt/r-a1';

interface Slot extends TempRepository {
  readonly path: string;
  readonly entry: string;
  readonly start: string;
  readonly slotGit: (...args: readonly string[]) => string;
  readonly rescue: (more?: {
    readonly keptBy?: readonly string[];
    readonly branch?: string;
    readonly environment?: NodeJS.ProcessEnv;
  }) => Promise<RescuedWork | null>;
}

async function setUp(): Promise<Slot> {
  const repository = tempRepository();
  const { root, environment, git, gitIn } = repository;
  const path = join(repository.slots, 'slot-1');
  const start = git('rev-parse', 'HEAD');
  await prepareWorktree({ repository: root, path, commit: start, environment });
  await resetWorktree({ path, commit: start, branch: BRANCH, environment });
  return {
    ...repository,
    path,
    start,
    entry: join(root, '.git', 'worktrees', 'slot-1'),
    slotGit: (...args) => gitIn(path, ...args),
    rescue: (more) =>
      rescueWork({
        repository: root,
        path,
        startCommit: start,
        ref: REF,
        message: 'Kept',
        environment,
        ...more,
      }),
  };
}

function filesIn(repository: TempRepository, commit: string): string[] {
  return repository.git('ls-tree', '-r', '-z', '--name-only', commit).split('\0').filter(Boolean);
}

describe('G22 an attempt’s work is kept', () => {
  test('nothing where nothing was done', async () => {
    const { rescue, git } = await setUp();
    expect(await rescue()).toBeNull();
    expect(git('for-each-ref', 'refs/tina')).toBe('');
  });

  test('its commits, as they are', async () => {
    const { rescue, git, path, commitIn } = await setUp();
    const commit = commitIn(path, { 'a.txt': 'a\n' });
    expect(await rescue()).toEqual({ commit, ref: REF });
    expect(git('rev-parse', REF)).toBe(commit);
  });

  test('what it left uncommitted, on top of its commits, with index and worktree untouched', async () => {
    const slot = await setUp();
    const { rescue, git, path, entry, commitIn, slotGit } = slot;
    const commit = commitIn(path, { 'a.txt': 'a\n', 'gone.txt': 'g\n' });
    writeFiles(path, {
      'a.txt': 'changed\n',
      'gone.txt': null,
      'staged.txt': 's\n',
      'new folder/ü\nname': 'n\n',
      '.env': 'SECRET\n',
    });
    slotGit('add', 'staged.txt');
    const index = readFileSync(join(entry, 'index'));
    const status = slotGit('status', '--porcelain');
    const rescued = await rescue();
    expect(git('rev-parse', `${REF}^`)).toBe(commit);
    expect(git('show', `${REF}:a.txt`)).toBe('changed');
    expect(filesIn(slot, REF)).toEqual([
      '.gitignore',
      'a.txt',
      'new folder/ü\nname',
      'readme.md',
      'staged.txt',
    ]);
    expect(git('log', '-1', '--format=%an <%ae> %s', REF)).toBe('Tina <tina@localhost> Kept');
    expect(readFileSync(join(entry, 'index'))).toEqual(index);
    expect(slotGit('status', '--porcelain')).toBe(status);
    expect(git('stash', 'list')).toBe('');
    expect(await rescue(), 'done again').toEqual(rescued);
  });

  test('a conflict as it is written, in the middle of a merge', async () => {
    const { rescue, git, path, commit, commitIn, slotGit } = await setUp();
    const theirs = commit({ 'readme.md': 'theirs\n' });
    const ours = commitIn(path, { 'readme.md': 'ours\n' });
    expect(() => slotGit('merge', theirs)).toThrow('Command failed');
    await rescue();
    expect(git('rev-parse', `${REF}^@`), 'it does not count as merged').toBe(ours);
    expect(git('show', `${REF}:readme.md`)).toContain('<<<<<<<');
    expect(slotGit('status', '--porcelain')).toBe('UU readme.md');
  });

  test('repositories that were made in the worktree, as files', async () => {
    const slot = await setUp();
    const { rescue, path, slotGit, commitIn } = slot;
    slotGit('init', '-q', 'empty clone');
    writeFiles(path, {
      'empty clone/.gitignore': 'skipped\n',
      'empty clone/skipped': '',
      'empty clone/file': 'x\n',
    });
    slotGit('init', '-q', 'deep/clone');
    commitIn(join(path, 'deep/clone'), { committed: 'x\n' });
    await rescue();
    expect(filesIn(slot, REF)).toEqual([
      '.gitignore',
      'deep/clone/committed',
      'empty clone/.gitignore',
      'empty clone/file',
      'readme.md',
    ]);
  });

  test('where the index is torn, locked or missing', async () => {
    const { rescue, git, path, entry } = await setUp();
    writeFiles(path, { 'a.txt': 'one\n' });
    writeFileSync(join(entry, 'index'), 'torn');
    writeFileSync(join(entry, 'index.lock'), '');
    await rescue();
    expect(git('show', `${REF}:a.txt`)).toBe('one');
    rmSync(join(entry, 'index'));
    writeFiles(path, { 'a.txt': 'two\n' });
    await rescue();
    expect(git('show', `${REF}:a.txt`)).toBe('two');
  });

  test('where the agent removed or replaced .git, or HEAD names no commit', async () => {
    const slot = await setUp();
    const { rescue, git, gitIn, path, start, slotGit } = slot;
    writeFiles(path, { 'a.txt': 'one\n' });
    slotGit('update-ref', '-d', 'HEAD');
    await rescue();
    expect(git('show', `${REF}:a.txt`)).toBe('one');
    expect(git('rev-parse', `${REF}^@`)).toBe(start);
    rmSync(join(path, '.git'));
    gitIn(path, 'init', '-q');
    writeFiles(path, { 'a.txt': 'two\n' });
    await rescue();
    expect(git('show', `${REF}:a.txt`)).toBe('two');
  });

  test('commits of the branch, where HEAD is elsewhere or the folder is gone', async () => {
    const { rescue, git, path, root, commitIn, slotGit, start } = await setUp();
    const onBranch = commitIn(path, { 'a.txt': 'a\n' });
    slotGit('checkout', '-q', '--detach', start);
    const detached = commitIn(path, { 'b.txt': 'b\n' });
    await rescue({ branch: BRANCH });
    expect(git('rev-parse', `${REF}^@`).split('\n')).toEqual([detached, onBranch]);
    git('update-ref', '-d', REF);

    rmSync(path, { recursive: true });
    await rescue();
    expect(git('rev-parse', REF), 'what the entry still names').toBe(detached);
    git('update-ref', '-d', REF);
    rmSync(join(root, '.git', 'worktrees'), { recursive: true });
    expect(await rescue({ branch: BRANCH })).toEqual({ commit: onBranch, ref: REF });
    git('update-ref', '-d', REF);
    expect(await rescue()).toBeNull();
  });

  test('nothing that is kept by another branch', async () => {
    const { rescue, git, path, commitIn } = await setUp();
    commitIn(path, { 'a.txt': 'a\n' });
    git('branch', 'tina/feature', BRANCH);
    expect(await rescue({ keptBy: ['refs/heads/tina/feature', 'refs/heads/none'] })).toBeNull();
    writeFiles(path, { 'b.txt': 'b\n' });
    expect(await rescue({ keptBy: ['refs/heads/tina/feature'] })).not.toBeNull();
  });

  test('nothing in part, where there is no space for all of it', async () => {
    const slot = await setUp();
    writeFiles(slot.path, { 'a.txt': 'a\n' });
    const said = 'error: unable to create temporary file: No space left on device';
    const environment = withGitShim(slot, { before: '*add -A*', script: `echo "${said}" >&2; exit 1` });
    await expect(slot.rescue({ environment })).rejects.toMatchObject({
      code: 'git_failed',
      stderr: `${said}\n`,
    });
    expect(slot.git('for-each-ref', 'refs/tina')).toBe('');
    expect(await slot.rescue()).not.toBeNull();
  });

  test('nothing of a worktree that was never complete', async () => {
    const { rescue, entry } = await setUp();
    writeFiles(entry, { locked: 'initializing\n', index: null });
    expect(await rescue()).toBeNull();
  });

  test('a file whose time alone changed is nothing to keep', async () => {
    const { rescue, path } = await setUp();
    writeFiles(path, { 'readme.md': 'changed\n' });
    writeFiles(path, { 'readme.md': 'hello\n' });
    expect(await rescue()).toBeNull();
  });
});

describe('done again after a crash', () => {
  test('once the slot was reset, what was kept is found', async () => {
    const { rescue, path, start, environment } = await setUp();
    writeFiles(path, { 'a.txt': 'a\n' });
    const rescued = await rescue();
    await resetWorktree({ path, commit: start, branch: null, environment });
    expect(await rescue()).toEqual(rescued);
  });

  test('what the ref kept stays kept beside what came since', async () => {
    const { rescue, git, path, commitIn } = await setUp();
    writeFiles(path, { 'a.txt': 'draft\n' });
    const first = await rescue();
    const commit = commitIn(path, { 'a.txt': 'final\n' });
    const second = await rescue();
    expect(git('rev-parse', `${REF}^@`).split('\n')).toEqual([commit, first?.commit]);
    expect(git('show', `${REF}:a.txt`)).toBe('final');
    expect(await rescue()).toEqual(second);
    writeFiles(path, { 'a.txt': 'later\n' });
    await rescue();
    expect(git('show', `${REF}:a.txt`)).toBe('later');
    expect(git('merge-base', '--is-ancestor', first?.commit ?? '', REF)).toBe('');
  });

  test('G22 a change within the second of the commit, of the same length, is seen also a second later', async () => {
    const { rescue, git, path, commitIn } = await setUp();
    await nextSecond();
    commitIn(path, { 'a.txt': 'final\n' });
    writeFiles(path, { 'a.txt': 'later\n' });
    await nextSecond();
    await rescue();
    expect(git('show', `${REF}:a.txt`)).toBe('later');
  });

  test('a lock beside the ref and the remains of a snapshot are no hindrance', async () => {
    const { rescue, root, path, entry, commitIn } = await setUp();
    const commit = commitIn(path, { 'a.txt': 'a\n' });
    writeFiles(root, { [`.git/${REF}.lock`]: '' });
    writeFiles(entry, { 'tina-rescue-old/index.lock': '' });
    expect(await rescue()).toEqual({ commit, ref: REF });
  });
});

/** git's times have whole seconds. */
async function nextSecond(): Promise<void> {
  const began = Math.floor(Date.now() / 1000);
  while (Math.floor(Date.now() / 1000) === began) await setImmediate();
}
