import { expect, test } from 'vitest';

import { createBranch } from './create-branch.ts';
import { deleteBranch, moveToRescue } from './delete-branch.ts';
import { withGitShim } from './testing/git-shim.ts';
import { tempRepository, type TempRepository } from './testing/temp-repository.ts';
import { readRef, updateRef } from './update-ref.ts';

function setUp(): TempRepository & {
  readonly start: string;
  readonly create: (branch: string, commit?: string) => ReturnType<typeof createBranch>;
} {
  const repository = tempRepository();
  const start = repository.git('rev-parse', 'HEAD');
  const { root, environment } = repository;
  return {
    ...repository,
    start,
    create: (branch, commit = start) => createBranch({ repository: root, branch, commit, environment }),
  };
}

test('a branch is created once, and found where it is to be', async () => {
  const { create, git, start, commit } = setUp();
  expect(await create('tina/feature')).toEqual({ kind: 'created' });
  expect(await create('tina/feature')).toEqual({ kind: 'found' });
  expect(git('rev-parse', 'tina/feature')).toBe(start);
  const next = commit({ 'a.txt': 'a\n' });
  expect(await create('tina/feature', next)).toEqual({
    kind: 'branch-exists',
    branch: 'tina/feature',
    commit: start,
  });
});

test('a branch that git cannot keep beside it is named', async () => {
  const { create, git, start } = setUp();
  git('branch', 'tina');
  expect(await create('tina/feature')).toEqual({ kind: 'branch-exists', branch: 'tina', commit: start });
  git('branch', '-m', 'tina', 'tina/feature/deeper');
  expect(await create('tina/feature')).toEqual({
    kind: 'branch-exists',
    branch: 'tina/feature/deeper',
    commit: start,
  });
  expect(await create('tina/feature-two')).toEqual({ kind: 'created' });
  git('pack-refs', '--all');
  expect(await create('tina/feature')).toMatchObject({
    kind: 'branch-exists',
    branch: 'tina/feature/deeper',
  });
  await expect(create('tina/.. bad')).rejects.toMatchObject({ code: 'invalid_branch_name' });
});

test('a branch is deleted by compare-and-swap, loose or packed', async () => {
  const { root, create, git, start, commit, environment } = setUp();
  await create('tina/feature');
  const next = commit({ 'a.txt': 'a\n' });
  const branch = { repository: root, branch: 'tina/feature', environment };
  expect(await deleteBranch({ ...branch, expected: next })).toEqual({ kind: 'moved', commit: start });
  git('pack-refs', '--all');
  expect(await deleteBranch({ ...branch, expected: start })).toEqual({ kind: 'deleted' });
  expect(await deleteBranch({ ...branch, expected: start })).toEqual({ kind: 'absent' });
  expect(await readRef({ repository: root, ref: 'refs/heads/tina/feature', environment })).toBeNull();
});

test('the user’s current branch is not deleted', async () => {
  const { root, start, environment } = setUp();
  expect(await deleteBranch({ repository: root, branch: 'main', expected: start, environment })).toEqual({
    kind: 'checked-out',
    path: root,
  });
});

test('G22 a discarded branch is kept under its rescue ref, also when it is discarded again', async () => {
  const { root, create, git, start, commit, environment } = setUp();
  const ref = 'refs/tina/runs/r';
  const rescue = { repository: root, branch: 'tina/feature', ref, environment };
  expect(await moveToRescue(rescue)).toEqual({ commit: null, deletion: { kind: 'absent' } });
  const next = commit({ 'a.txt': 'a\n' });
  await create('tina/feature', next);
  expect(await moveToRescue(rescue)).toEqual({ commit: next, deletion: { kind: 'deleted' } });
  expect(await moveToRescue(rescue)).toEqual({ commit: next, deletion: { kind: 'absent' } });
  expect(git('rev-parse', ref)).toBe(next);

  // Another branch under the same ref takes nothing from it.
  git('checkout', '-q', '--detach', start);
  const other = commit({ 'b.txt': 'b\n' });
  await create('tina/feature', other);
  const { commit: both } = await moveToRescue(rescue);
  expect(git('rev-parse', `${both}^@`).split('\n')).toEqual([other, next]);
});

test('G22 a branch that is checked out is kept under the ref and left', async () => {
  const { root, git, start, environment } = setUp();
  git('checkout', '-q', '-b', 'tina/feature');
  expect(
    await moveToRescue({ repository: root, branch: 'tina/feature', ref: 'refs/tina/runs/r', environment }),
  ).toEqual({ commit: start, deletion: { kind: 'checked-out', path: root } });
});

test('a ref moves by compare-and-swap, and is found where it is to be', async () => {
  const { root, start, commit, environment } = setUp();
  const next = commit({ 'a.txt': 'a\n' });
  const update = { repository: root, ref: 'refs/tina/x', message: 'm', environment };
  expect(await updateRef({ ...update, from: null, to: start })).toEqual({ kind: 'updated' });
  expect(await updateRef({ ...update, from: null, to: start })).toEqual({ kind: 'updated' });
  expect(await updateRef({ ...update, from: next, to: null })).toEqual({ kind: 'moved', commit: start });
  expect(await updateRef({ ...update, from: start, to: null })).toEqual({ kind: 'updated' });
  expect(await updateRef({ ...update, from: start, to: next })).toEqual({ kind: 'moved', commit: null });
  await expect(updateRef({ ...update, from: null, to: null })).rejects.toThrow(TypeError);
  await expect(updateRef({ ...update, from: null, to: '1'.repeat(40) })).rejects.toMatchObject({
    code: 'git_failed',
  });
});

test('what moves in that very moment is not overwritten', async () => {
  const repository = setUp();
  const { root, git, start, create, commit } = repository;
  await create('tina/feature');
  const next = commit({ 'a.txt': 'a\n' });
  const branch = { repository: root, branch: 'tina/feature' };
  const moving = { before: 'update-ref *', script: `GIT update-ref refs/heads/tina/feature ${next}` };
  const environment = withGitShim(repository, moving);
  expect(await deleteBranch({ ...branch, expected: start, environment })).toEqual({
    kind: 'moved',
    commit: next,
  });
  git('branch', '-D', 'tina/feature');
  expect(
    await createBranch({
      ...branch,
      commit: start,
      environment: withGitShim(repository, { ...moving, times: 2 }),
    }),
  ).toEqual({ kind: 'branch-exists', branch: 'tina/feature', commit: next });
  const ref = 'refs/tina/runs/r';
  const keeping = withGitShim(repository, {
    before: 'update-ref *',
    script: `GIT update-ref ${ref} ${start}`,
    times: 3,
  });
  await expect(moveToRescue({ ...branch, ref, environment: keeping })).rejects.toMatchObject({
    code: 'ref_moved',
  });
  expect(git('rev-parse', 'tina/feature')).toBe(next);
});
