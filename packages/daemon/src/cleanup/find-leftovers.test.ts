import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CleanupItem, LeftoverQuery } from '@tina/contract';
import { attemptBranch } from '@tina/domain';
import { describe, expect, it } from 'vitest';
import { prepareWorktree } from '../git/index.ts';
import { withGitShim } from '../git/testing/git-shim.ts';
import { tempRepository } from '../git/testing/temp-repository.ts';
import { findLeftovers } from './find-leftovers.ts';
import { removeLeftovers } from './remove-leftovers.ts';

function setUp() {
  const repository = tempRepository();
  const stateDir = join(repository.folder, 'state');
  const paths = { stateDir, attemptsDir: join(stateDir, 'attempts'), checksDir: join(stateDir, 'checks') };
  const options = { paths, environment: repository.environment };
  const run: LeftoverQuery = {
    runId: 'r1',
    repository: repository.root,
    branch: 'tina/sample',
    tip: repository.git('rev-parse', 'HEAD'),
    isBranchInUse: false,
    baseBranch: 'main',
    attemptIds: ['r1-a1', 'r1-a2'],
  };
  const find = (): Promise<readonly CleanupItem[]> => findLeftovers([run], options);
  const worktree = join(repository.folder, 'worktrees', 'r1', 'slot-1');
  const addWorktree = (path = worktree) =>
    prepareWorktree({
      repository: repository.root,
      path,
      commit: 'HEAD',
      environment: repository.environment,
    });
  const write = (...names: readonly string[]): void => {
    for (const name of names) {
      mkdirSync(join(stateDir, name), { recursive: true });
      writeFileSync(join(stateDir, name, 'file'), 'x'.repeat(5_000));
    }
  };
  return { ...repository, options, run, find, worktree, addWorktree, write, stateDir };
}

const short = (items: readonly CleanupItem[]) =>
  items.map(({ kind, name, action }) => `${action} ${kind} ${name}`);

describe('what an ended run left', () => {
  it('is nothing after a run that left nothing, or whose repository is gone', async () => {
    const { root, find } = setUp();
    expect(await find()).toEqual([]);
    rmSync(root, { recursive: true });
    expect(await find()).toEqual([]);
  });

  it('is found with its size, and removed', async () => {
    const { find, addWorktree, write, worktree, stateDir, git, options, run } = setUp();
    await addWorktree();
    git('branch', 'tina/sample');
    write('attempts/r1-a1', 'attempts/r1-a2', 'attempts/r2-a1', 'checks/r1', 'checks/r2', 'setups/r1');
    const items = await find();
    expect(short(items)).toEqual([
      `remove worktree ${worktree}`,
      'remove branch tina/sample',
      `remove attempt-files 2 folders in ${join(stateDir, 'attempts')}`,
      `remove check-files ${join(stateDir, 'checks', 'r1')}`,
    ]);
    expect(items.every(({ why }) => why !== '')).toBe(true);
    expect(items.map(({ bytes }) => bytes !== null && bytes >= 4_096)).toEqual([true, false, true, true]);
    await removeLeftovers(items, [run], options);
    expect(await find()).toEqual([]);
    expect(git('branch', '--list', 'tina/*')).toBe('');
    expect(existsSync(join(worktree, '..'))).toBe(false);
    expect(existsSync(join(stateDir, 'setups', 'r1'))).toBe(false);
    expect([
      existsSync(join(stateDir, 'attempts', 'r2-a1')),
      existsSync(join(stateDir, 'checks', 'r2')),
    ]).toEqual([true, true]);
    // Done again, it finds it done.
    await removeLeftovers(items, [run], options);
  });

  it('G22 keeps a branch that is not merged, and every ref that keeps work', async () => {
    const { find, git, commit, options, run } = setUp();
    git('checkout', '-q', '-b', 'tina/sample');
    const tip = commit({ 'a.txt': 'a' });
    git('checkout', '-q', 'main');
    git('update-ref', 'refs/tina/attempts/r1-a1', tip);
    git('update-ref', 'refs/tina/runs/r1', tip);
    git('update-ref', 'refs/tina/attempts/r2-a1', tip);
    const items = await find();
    expect(short(items)).toEqual([
      'keep branch tina/sample',
      'keep rescue-ref refs/tina/attempts/r1-a1',
      'keep rescue-ref refs/tina/runs/r1',
    ]);
    expect(items.map(({ why }) => why)).toEqual([
      'not all of its commits are in main; to delete it: git branch -D tina/sample',
      expect.stringContaining('git update-ref -d refs/tina/attempts/r1-a1'),
      expect.stringContaining('git update-ref -d refs/tina/runs/r1'),
    ]);
    // Also when somebody asks for it: what was found may be old.
    const asked = items.map((item): CleanupItem => ({ ...item, action: 'remove' }));
    await removeLeftovers(asked, [run], options);
    expect(short(await find())).toHaveLength(3);
  });

  it('lets go of a rescue ref once everything under it is merged', async () => {
    const { find, git, commit, options, run } = setUp();
    git('update-ref', 'refs/tina/attempts/r1-a1', commit({ 'a.txt': 'a' }));
    const items = await find();
    expect(short(items)).toEqual(['remove rescue-ref refs/tina/attempts/r1-a1']);
    await removeLeftovers(items, [run], options);
    expect(git('for-each-ref', 'refs/tina')).toBe('');
  });

  it("removes an attempt's branch whose commits are kept elsewhere, and no other", async () => {
    const { find, git, commit, options, run } = setUp();
    git('checkout', '-q', '-b', attemptBranch('r1-a1'));
    const kept = commit({ 'a.txt': 'a' });
    git('checkout', '-q', '-b', attemptBranch('r1-a2'));
    commit({ 'b.txt': 'b' });
    git('checkout', '-q', 'main');
    git('update-ref', 'refs/tina/attempts/r1-a1', kept);
    const items = await find();
    expect(short(items)).toEqual([
      `remove branch ${attemptBranch('r1-a1')}`,
      `keep branch ${attemptBranch('r1-a2')}`,
      'keep rescue-ref refs/tina/attempts/r1-a1',
    ]);
    await removeLeftovers(items, [run], options);
    expect(git('branch', '--list', 'tina-attempt/*', '--format=%(refname:short)')).toBe(
      attemptBranch('r1-a2'),
    );
  });

  it('does not touch a worktree of another run, of the user, or one that is no slot', async () => {
    const { find, folder, addWorktree } = setUp();
    await addWorktree(join(folder, 'worktrees', 'r2', 'slot-1'));
    await addWorktree(join(folder, 'r1', 'mine'));
    expect(await find()).toEqual([]);
  });

  it('G22 puts the work in a worktree under a ref before it removes it', async () => {
    const { find, addWorktree, worktree, git, gitIn, commitIn, options, run } = setUp();
    await addWorktree();
    gitIn(worktree, 'checkout', '-q', '--detach');
    const commit = commitIn(worktree, { 'a.txt': 'a' });
    writeFileSync(join(worktree, 'b.txt'), 'not committed');
    const items = await find();
    expect(short(items)).toEqual([`remove worktree ${worktree}`]);
    expect(items[0]?.why).toContain('first put under refs/tina/runs/r1');
    expect(await removeLeftovers(items, [run], options)).toEqual(items);
    expect(existsSync(worktree)).toBe(false);
    expect(git('rev-parse', 'refs/tina/runs/r1^')).toBe(commit);
    expect(git('show', 'refs/tina/runs/r1:b.txt')).toBe('not committed');
    expect(short(await find())).toEqual(['keep rescue-ref refs/tina/runs/r1']);
  });

  it('G22 keeps commits that a worktree alone has, and makes no ref of those that a branch has', async () => {
    const { find, addWorktree, worktree, git, gitIn, commitIn, options, run } = setUp();
    await addWorktree();
    gitIn(worktree, 'checkout', '-q', '-b', attemptBranch('r1-a1'));
    commitIn(worktree, { 'a.txt': 'a' });
    const [kept] = await find();
    expect(kept).toMatchObject({ action: 'remove', why: expect.stringContaining('kept by branches') });
    gitIn(worktree, 'checkout', '-q', '--detach');
    const alone = commitIn(worktree, { 'b.txt': 'b' });
    const items = await find();
    expect(items[0]?.why).toContain('first put under');
    await removeLeftovers(items, [run], options);
    expect(git('rev-parse', 'refs/tina/runs/r1')).toBe(alone);
    await addWorktree();
    gitIn(worktree, 'checkout', '-q', attemptBranch('r1-a1'));
    git('update-ref', '-d', 'refs/tina/runs/r1');
    await removeLeftovers(await find(), [run], options);
    expect([existsSync(worktree), git('for-each-ref', 'refs/tina')]).toEqual([false, '']);
  });

  it('G22 keeps a worktree whose work cannot be put under a ref, says why, and removes the rest', async () => {
    const setting = setUp();
    const { find, addWorktree, worktree, write, options, run } = setting;
    await addWorktree();
    writeFileSync(join(worktree, 'b.txt'), 'not committed');
    write('checks/r1');
    const environment = withGitShim(setting, {
      before: 'commit-tree *',
      script: 'echo "fatal: No space left on device" >&2; exit 128',
    });
    const done = await removeLeftovers(await find(), [run], { ...options, environment });
    expect(done).toMatchObject([
      { kind: 'worktree', action: 'keep', why: expect.stringContaining('No space left on device') },
      { kind: 'check-files', action: 'remove' },
    ]);
    expect(existsSync(join(worktree, 'b.txt'))).toBe(true);
    expect(short(await find())).toEqual([`remove worktree ${worktree}`]);
  });

  it('G22 keeps a worktree when there is nothing left that keeps anything', async () => {
    const { find, addWorktree, worktree, git, options, run } = setUp();
    await addWorktree();
    git('checkout', '-q', '-b', 'trunk');
    git('branch', '-D', 'main');
    const items = await find();
    expect(short(items)).toEqual([`keep worktree ${worktree}`]);
    const asked = items.map((item): CleanupItem => ({ ...item, action: 'remove' }));
    expect(await removeLeftovers(asked, [run], options)).toMatchObject([
      { action: 'keep', why: expect.stringContaining('main and tina/sample are gone') },
    ]);
    expect(existsSync(worktree)).toBe(true);
  });

  it('leaves the branch alone that another run has now', async () => {
    const { git, options, run } = setUp();
    git('branch', 'tina/sample');
    const asked = await findLeftovers([run], options);
    expect(short(asked)).toEqual(['remove branch tina/sample']);
    const used = { ...run, isBranchInUse: true };
    expect(await findLeftovers([used], options)).toEqual([]);
    await removeLeftovers(asked, [used], options);
    expect(git('branch', '--list', 'tina/sample')).not.toBe('');
  });

  it('leaves a branch of that name alone that is not as the run left it', async () => {
    const { git, commit, options, run } = setUp();
    git('branch', 'tina/sample');
    const later = commit({ 'a.txt': 'a' });
    for (const tip of [null, later, '0123456789012345678901234567890123456789']) {
      const [item] = await findLeftovers([{ ...run, tip }], options);
      expect(item).toMatchObject({ action: 'keep', why: expect.stringContaining('not as the run left it') });
    }
    git('branch', '-f', 'tina/sample', later);
    expect(short(await findLeftovers([run], options))).toEqual(['remove branch tina/sample']);
  });

  it('says that a branch is kept when the base is gone', async () => {
    const { find, git } = setUp();
    git('branch', 'tina/sample');
    git('checkout', '-q', '-b', 'trunk');
    git('branch', '-D', 'main');
    expect(short(await find())).toEqual(['keep branch tina/sample']);
  });
});
