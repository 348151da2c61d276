import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CleanupItem, LeftoverQuery } from '@tina/contract';
import { attemptBranch } from '@tina/domain';
import { describe, expect, it } from 'vitest';
import { prepareWorktree } from '../git/index.ts';
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

  it('says that a branch is kept when the base is gone', async () => {
    const { find, git } = setUp();
    git('branch', 'tina/sample');
    git('checkout', '-q', '-b', 'trunk');
    git('branch', '-D', 'main');
    expect(short(await find())).toEqual(['keep branch tina/sample']);
  });
});
