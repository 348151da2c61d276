import { join } from 'node:path';

import { expect, test } from 'vitest';

import { collectWork, type CollectedWork } from './collect-work.ts';
import { commitLog } from './commit-log.ts';
import { prepareWorktree } from './prepare-worktree.ts';
import { resetWorktree } from './reset-worktree.ts';
import { tempRepository, writeFiles, type TempRepository } from './testing/temp-repository.ts';

const BRANCH = 'tina-attempt/r-a1';

interface Slot extends TempRepository {
  readonly path: string;
  readonly start: string;
  readonly slotGit: (...args: readonly string[]) => string;
  readonly work: (files: Readonly<Record<string, string | null>>, message?: string) => string;
  readonly collect: (mustContain?: readonly string[], changesSince?: string) => Promise<CollectedWork>;
}

async function setUp(files: Readonly<Record<string, string>> = {}): Promise<Slot> {
  const repository = tempRepository();
  const { root, environment, gitIn, commitIn } = repository;
  const start = repository.commit(files, 'before');
  const path = join(repository.slots, 'slot-1');
  await prepareWorktree({ repository: root, path, commit: start, environment });
  await resetWorktree({ path, commit: start, branch: BRANCH, environment });
  return {
    ...repository,
    path,
    start,
    slotGit: (...args) => gitIn(path, ...args),
    work: (changes, message) => commitIn(path, changes, message),
    collect: (mustContain = [], changesSince = start) =>
      collectWork({ path, branch: BRANCH, startCommit: start, changesSince, mustContain, environment }),
  };
}

test('G16 no work is seen as none', async () => {
  const { collect, start } = await setUp();
  expect(await collect()).toEqual({
    headCommit: start,
    commits: [],
    onBranch: true,
    containsRequired: true,
    dirtyFiles: [],
    changedFiles: [],
    conflictMarkers: [],
  });
});

test('G16 commits are seen oldest first, with both names of what was renamed', async () => {
  const { root, collect, work, start, environment } = await setUp({ 'old name': 'content\n'.repeat(20) });
  const one = work({ 'new name\nü': 'content\n'.repeat(20), 'old name': null }, 'feat: rename  it');
  const two = work({ 'a.txt': 'a\n' }, 'ünïcode\n\nbody');
  expect(await collect()).toMatchObject({
    headCommit: two,
    commits: [
      { commit: one, subject: 'feat: rename  it' },
      { commit: two, subject: 'ünïcode' },
    ],
    onBranch: true,
    changedFiles: ['a.txt', 'new name\nü', 'old name'],
  });
  const range = { repository: root, from: start, to: two, environment };
  expect(await commitLog({ ...range, limit: 10 })).toEqual([
    { commit: one, subject: 'feat: rename  it', author: 'Ada', time: expect.any(Number) },
    { commit: two, subject: 'ünïcode', author: 'Ada', time: expect.any(Number) },
  ]);
  expect(await commitLog({ ...range, limit: 1 }), 'the newest').toMatchObject([{ commit: two }]);
  expect(await commitLog({ ...range, from: two, limit: 1 })).toEqual([]);
});

test('G16 a tree that is not clean is listed, ignored files are not', async () => {
  const { path, collect, slotGit } = await setUp({ 'b.txt': 'b\n' });
  writeFiles(path, {
    'readme.md': 'changed\n',
    'b.txt': null,
    'new file': '',
    'folder/one': '',
    'x.log': '',
  });
  slotGit('add', 'new file');
  expect((await collect()).dirtyFiles).toEqual(['b.txt', 'new file', 'readme.md', 'folder/']);
  writeFiles(path, Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`many${index}`, ''])));
  expect((await collect()).dirtyFiles).toHaveLength(50);
});

test('G16 work in the middle of a conflict is not clean', async () => {
  const { collect, work, commit, slotGit } = await setUp();
  const theirs = commit({ 'readme.md': 'theirs\n' });
  work({ 'readme.md': 'ours\n' });
  expect(() => slotGit('merge', theirs)).toThrow('Command failed');
  expect((await collect()).dirtyFiles).toEqual(['readme.md']);
});

test('G16 another branch, a detached HEAD and history that leaves the start behind are not on the branch', async () => {
  const { collect, work, slotGit, start } = await setUp();
  const commit = work({ 'a.txt': 'a\n' });
  slotGit('checkout', '-q', '-b', 'own-idea');
  expect(await collect()).toMatchObject({ headCommit: commit, onBranch: false });
  slotGit('checkout', '-q', '--detach');
  expect(await collect()).toMatchObject({ headCommit: commit, onBranch: false });
  slotGit('checkout', '-q', BRANCH);
  expect(await collect()).toMatchObject({ onBranch: true });
  slotGit('reset', '-q', '--hard', `${start}^`);
  expect(await collect()).toMatchObject({
    headCommit: slotGit('rev-parse', 'HEAD'),
    commits: [],
    onBranch: false,
  });
  const rewritten = work({ 'b.txt': 'b\n' });
  expect(await collect()).toMatchObject({
    headCommit: rewritten,
    commits: [{ commit: rewritten }],
    onBranch: false,
  });
});

test('G16 a HEAD that names no commit is no work', async () => {
  const { collect, slotGit, start } = await setUp();
  slotGit('checkout', '-q', '--orphan', 'nothing');
  expect(await collect()).toMatchObject({
    headCommit: start,
    commits: [],
    onBranch: false,
    containsRequired: false,
    dirtyFiles: ['.gitignore', 'readme.md'],
  });
});

test('G16 both sides of a resolved merge must be in the work', async () => {
  const { collect, work, commit, slotGit, start } = await setUp();
  const theirs = commit({ 'theirs.txt': 't\n' });
  const ours = work({ 'ours.txt': 'o\n' });
  expect(await collect([start, ours])).toMatchObject({ containsRequired: true });
  expect(await collect([ours, theirs])).toMatchObject({ containsRequired: false });
  slotGit('merge', '-q', '--no-edit', theirs);
  expect(await collect([ours, theirs])).toMatchObject({
    containsRequired: true,
    onBranch: true,
    changedFiles: ['ours.txt', 'theirs.txt'],
  });
  // What it adds to the other side alone.
  expect((await collect([ours, theirs], theirs)).changedFiles).toEqual(['ours.txt']);
  await expect(collect(['1'.repeat(40)])).rejects.toMatchObject({ code: 'git_failed' });
});

test('G16 conflict markers that the work brought in are found, others are not', async () => {
  const marked = '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> theirs\n';
  const { collect, work } = await setUp({ 'docs.md': marked, 'fixed.md': marked });
  work({ 'heading.md': 'Title\n=======\n', 'docs.md': `${marked}more\n`, 'fixed.md': 'a\n' });
  expect(await collect()).toMatchObject({ conflictMarkers: [] });
  work({ 'ü\nb.ts': marked, 'half.ts': 'x\n>>>>>>> theirs\n', 'docs.md': `${marked}${marked}` });
  expect(await collect()).toMatchObject({ conflictMarkers: ['docs.md', 'half.ts', 'ü\nb.ts'] });
});
