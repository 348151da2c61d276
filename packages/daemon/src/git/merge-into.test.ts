import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { createBranch } from './create-branch.ts';
import { integrateBase } from './integrate-base.ts';
import { mergeInto } from './merge-into.ts';
import { withGitShim } from './testing/git-shim.ts';
import { tempRepository, writeFiles, type TempRepository } from './testing/temp-repository.ts';

const BRANCH = 'tina/feature';

interface Run extends TempRepository {
  readonly start: string;
  /** Makes a commit on top of another without touching the checkout. */
  readonly workOn: (parent: string, files: Readonly<Record<string, string | null>>) => string;
  readonly merge: (commit: string, scope?: readonly string[]) => ReturnType<typeof mergeInto>;
}

async function setUp(options: Parameters<typeof tempRepository>[0] = {}): Promise<Run> {
  const repository = tempRepository(options);
  const { root, folder, environment, git, gitIn, commitIn } = repository;
  const start = git('rev-parse', 'HEAD');
  await createBranch({ repository: root, branch: BRANCH, commit: start, environment });
  git('worktree', 'add', '-q', '--detach', join(folder, 'work'));
  return {
    ...repository,
    start,
    workOn: (parent, files) => {
      gitIn(join(folder, 'work'), 'checkout', '-q', '-f', parent);
      return commitIn(join(folder, 'work'), files);
    },
    merge: (commit, scope = ['']) =>
      mergeInto({
        repository: root,
        branch: BRANCH,
        commit,
        startCommit: start,
        scope,
        isInScope: (path, patterns) => patterns.some((pattern) => path.startsWith(pattern)),
        message: 'Merge a task\n\nwith a body',
        environment,
      }),
  };
}

describe('G20 a merge is done by plumbing', () => {
  test('fast-forward, merge commit, and nothing the second time', async () => {
    const { workOn, merge, start, git } = await setUp();
    const one = workOn(start, { 'a.txt': 'a\n' });
    const two = workOn(start, { 'b.txt': 'b\n' });
    expect(await merge(one)).toEqual({ kind: 'merged', tip: one, how: 'fast-forward' });
    const merged = await merge(two);
    const tip = git('rev-parse', BRANCH);
    expect(merged).toEqual({ kind: 'merged', tip, how: 'merge-commit' });
    expect(git('log', '-1', '--format=%P|%an <%ae>|%cn|%B', BRANCH)).toBe(
      `${one} ${two}|Ada <ada@example.com>|Ada|Merge a task\n\nwith a body`,
    );
    for (const commit of [one, two, start]) {
      expect(await merge(commit)).toEqual({ kind: 'merged', tip, how: 'already-merged' });
    }
    expect(git('status', '--porcelain')).toBe('');
    expect(git('rev-parse', 'main')).toBe(start);
  });

  test('G05 not where the branch was moved back by hand: what was merged before would be missing', async () => {
    const { workOn, start, root, environment, git } = await setUp();
    const one = workOn(start, { 'a.txt': 'a\n' });
    const two = workOn(start, { 'b.txt': 'b\n' });
    const given = { repository: root, branch: BRANCH, startCommit: start, scope: [], environment };
    const merge = (commit: string): ReturnType<typeof mergeInto> =>
      mergeInto({ ...given, commit, lastTip: one, isInScope: () => true, message: 'Merge' });
    const refusal = {
      code: 'branch_rewound',
      next: [`git branch --force ${BRANCH} ${one}`, expect.anything()],
    };
    // To merge, and where everything is in already.
    await expect(merge(two)).rejects.toMatchObject(refusal);
    await expect(merge(start)).rejects.toMatchObject(refusal);
    expect(git('rev-parse', BRANCH)).toBe(start);
    git('branch', '--force', BRANCH, one);
    expect(await merge(two)).toMatchObject({ kind: 'merged', how: 'merge-commit' });
  });

  test('where the branch stands elsewhere than it is known to', async () => {
    const { workOn, start, root, environment, git } = await setUp();
    const one = workOn(start, { 'a.txt': 'a\n' });
    const two = workOn(start, { 'b.txt': 'b\n' });
    git('update-ref', `refs/heads/${BRANCH}`, one);
    const given = { repository: root, branch: BRANCH, startCommit: start, scope: [], environment };
    const merge = (commit: string, lastTip: string): ReturnType<typeof mergeInto> =>
      mergeInto({ ...given, commit, lastTip, isInScope: () => true, message: 'Merge' });
    const merged = await merge(two, start);
    const tip = git('rev-parse', BRANCH);
    expect(merged).toEqual({ kind: 'merged', tip, how: 'merge-commit' });
    expect(git('log', '-1', '--format=%P', BRANCH)).toBe(`${one} ${two}`);
    // Done again, and where what is known is older still.
    expect(await merge(one, start)).toEqual({ kind: 'merged', tip, how: 'already-merged' });
    const three = workOn(tip, { 'c.txt': 'c\n' });
    expect(await merge(three, one)).toEqual({ kind: 'merged', tip: three, how: 'fast-forward' });
  });

  test('a conflict names its files and moves nothing', async () => {
    const { workOn, merge, start, git } = await setUp();
    const one = workOn(start, { 'readme.md': 'one\n', 'ü\nx': 'one\n', 'ok.txt': 'ok\n' });
    const two = workOn(start, { 'readme.md': 'two\n', 'ü\nx': 'two\n' });
    await merge(one);
    expect(await merge(two)).toEqual({ kind: 'conflict', tip: one, files: ['readme.md', 'ü\nx'] });
    expect(git('rev-parse', BRANCH)).toBe(one);
  });

  test('a file that meets a directory is named as both sides know it', async () => {
    const { workOn, merge, start } = await setUp();
    const one = workOn(start, { shelf: 'one book\n' });
    const two = workOn(start, { 'shelf/book.txt': 'one\n' });
    await merge(one);
    expect(await merge(two)).toEqual({ kind: 'conflict', tip: one, files: ['shelf'] });
  });

  test('a conflict about a file that was moved is named by both names, whatever else git has to say', async () => {
    const { workOn, merge, start } = await setUp();
    const text = 'one\ntwo\nthree\n';
    const base = workOn(start, { 'old/a.txt': text, 'both.txt': `${text}four\nfive\nsix\n` });
    const one = workOn(base, { 'old/a.txt': null, 'new/a.txt': text, 'both.txt': `${text}four\nfive\n6\n` });
    const two = workOn(base, { 'old/b.txt': 'b\n', 'both.txt': '1\ntwo\nthree\nfour\nfive\nsix\n' });
    await merge(one);
    expect(await merge(two)).toEqual({ kind: 'conflict', tip: one, files: ['new/b.txt', 'old/b.txt'] });
  });

  test('G21 files outside the scope are refused, renames by both names, deletions too', async () => {
    const { workOn, merge, start, git } = await setUp();
    const commit = workOn(start, { 'src/a.ts': 'a\n', 'src/readme.md': 'hello\n', 'readme.md': null });
    expect(await merge(commit, ['src/'])).toEqual({ kind: 'out-of-scope', files: ['readme.md'] });
    expect(git('rev-parse', BRANCH)).toBe(start);
    expect(await merge(commit, ['src/', 'readme'])).toMatchObject({ kind: 'merged' });
    expect(await merge(commit, ['src/']), 'what is merged is merged').toMatchObject({
      how: 'already-merged',
    });
  });

  test('G21 of a merge of two whole branches, what git makes of both by itself needs no scope', async () => {
    const { workOn, start, git, gitIn, commitIn, folder, root, environment } = await setUp();
    const ours = workOn(start, { 'readme.md': 'ours\n', 'ours.txt': 'ours\n', shelf: 'one book\n' });
    const theirs = workOn(start, { 'readme.md': 'theirs\n', 'theirs.txt': 'theirs\n', 'shelf/book': 'x\n' });
    git('update-ref', `refs/heads/${BRANCH}`, ours);
    const resolve = (files: Readonly<Record<string, string | null>>): string => {
      gitIn(join(folder, 'work'), 'checkout', '-q', '-f', ours);
      gitIn(join(folder, 'work'), 'merge', '-q', '-s', 'ours', '--no-commit', theirs);
      const both = { 'theirs.txt': 'theirs\n', 'readme.md': 'both\n', shelf: null };
      return commitIn(join(folder, 'work'), { ...both, 'shelf/book': 'two\n', ...files });
    };
    const merge = (commit: string): ReturnType<typeof mergeInto> =>
      mergeInto({
        repository: root,
        branch: BRANCH,
        commit,
        startCommit: theirs,
        mergedWith: ours,
        environment,
        scope: ['readme.md', 'shelf'],
        isInScope: (path, patterns) => patterns.some((pattern) => path.startsWith(pattern)),
        message: 'Merge',
      });
    const refused = async (files: Readonly<Record<string, string | null>>): Promise<unknown> =>
      merge(resolve(files));
    expect(await refused({ 'evil.sh': 'rm\n' })).toEqual({ kind: 'out-of-scope', files: ['evil.sh'] });
    // What one side did is no more the resolver's to undo than the other's.
    expect(await refused({ 'theirs.txt': null })).toEqual({ kind: 'out-of-scope', files: ['theirs.txt'] });
    expect(await refused({ 'ours.txt': null })).toEqual({ kind: 'out-of-scope', files: ['ours.txt'] });
    expect(git('rev-parse', BRANCH)).toBe(ours);
    expect(await merge(resolve({}))).toMatchObject({ kind: 'merged', how: 'fast-forward' });
  });

  test('where the user has said nothing about who they are, Tina commits', async () => {
    const { workOn, merge, start, git } = await setUp({ identity: false });
    await merge(workOn(start, { 'a.txt': 'a\n' }));
    await merge(workOn(start, { 'b.txt': 'b\n' }));
    expect(git('log', '-1', '--format=%an <%ae> %cn <%ce>', BRANCH)).toBe(
      'Tina <tina@localhost> Tina <tina@localhost>',
    );
    expect(() => git('config', 'user.name')).toThrow('Command failed');
  });

  test('a branch or a commit that is not there is said', async () => {
    const { merge, git, start, workOn } = await setUp();
    await expect(merge('1'.repeat(40))).rejects.toMatchObject({ code: 'commit_missing' });
    const commit = workOn(start, { 'a.txt': 'a\n' });
    git('branch', '-D', BRANCH);
    await expect(merge(commit)).rejects.toMatchObject({ code: 'branch_missing', subject: BRANCH });
  });

  test('history that has nothing in common is refused', async () => {
    const { merge, git } = await setUp();
    const commit = git('commit-tree', 'HEAD^{tree}', '-m', 'orphan');
    await expect(merge(commit)).rejects.toMatchObject({
      code: 'git_failed',
      stderr: expect.stringContaining('unrelated histories'),
    });
  });
});

describe('G20 a branch that moves meanwhile', () => {
  test('is merged from where it is then', async () => {
    const run = await setUp();
    const one = run.workOn(run.start, { 'a.txt': 'a\n' });
    const two = run.workOn(run.start, { 'b.txt': 'b\n' });
    const environment = withGitShim(run, {
      before: 'update-ref *',
      script: `GIT update-ref refs/heads/${BRANCH} ${one}`,
    });
    const result = await mergeInto({
      repository: run.root,
      branch: BRANCH,
      commit: two,
      startCommit: run.start,
      scope: [],
      isInScope: () => true,
      message: 'm',
      environment,
    });
    expect(result).toMatchObject({ kind: 'merged', how: 'merge-commit' });
    expect(run.git('log', '-1', '--format=%P', BRANCH)).toBe(`${one} ${two}`);
  });

  test('all the time is given up on, with the reason', async () => {
    const run = await setUp();
    const two = run.workOn(run.start, { 'b.txt': 'b\n' });
    const environment = withGitShim(run, {
      before: 'update-ref *',
      script: `GIT update-ref refs/heads/${BRANCH} "$(GIT commit-tree 'refs/heads/${BRANCH}^{tree}' -p refs/heads/${BRANCH} -m x)"`,
      times: 100,
    });
    const merging = mergeInto({
      repository: run.root,
      branch: BRANCH,
      commit: two,
      startCommit: run.start,
      scope: [],
      isInScope: () => true,
      message: 'm',
      environment,
    });
    await expect(merging).rejects.toMatchObject({ code: 'ref_moved', subject: BRANCH });
  });

  test('a lock of a dead process on the branch is removed, one on a branch of the user’s is not', async () => {
    const { root, workOn, merge, start, environment, git } = await setUp();
    writeFiles(root, { [`.git/refs/heads/${BRANCH}.lock`]: '', '.git/refs/heads/side.lock': '' });
    const commit = workOn(start, { 'a.txt': 'a\n' });
    expect(await merge(commit)).toMatchObject({ kind: 'merged' });
    const creating = createBranch({ repository: root, branch: 'side', commit, environment });
    await expect(creating).rejects.toMatchObject({
      code: 'git_failed',
      stderr: expect.stringContaining('side.lock'),
    });
    expect(existsSync(join(root, '.git/refs/heads/side.lock'))).toBe(true);
    expect(git('for-each-ref', 'refs/heads/side')).toBe('');
  });
});

describe('the base branch is brought in', () => {
  const integrate = (run: Run): ReturnType<typeof integrateBase> =>
    integrateBase({
      repository: run.root,
      branch: BRANCH,
      baseBranch: 'main',
      message: 'Merge main',
      environment: run.environment,
    });

  test('not where it did not move, by fast-forward, by a merge commit', async () => {
    const run = await setUp();
    expect(await integrate(run)).toEqual({ kind: 'integrated', tip: run.start, baseCommit: run.start });
    const base = run.commit({ 'base.txt': 'b\n' });
    expect(await integrate(run)).toEqual({ kind: 'integrated', tip: base, baseCommit: base });
    await run.merge(run.workOn(base, { 'work.txt': 'w\n' }));
    const next = run.commit({ 'base.txt': 'c\n' });
    const integrated = await integrate(run);
    expect(integrated).toEqual({ kind: 'integrated', tip: run.git('rev-parse', BRANCH), baseCommit: next });
    expect(await integrate(run), 'done again').toEqual(integrated);
    expect(run.git('rev-parse', 'main')).toBe(next);
  });

  test('a conflict moves nothing', async () => {
    const run = await setUp();
    const tip = run.workOn(run.start, { 'readme.md': 'work\n' });
    await run.merge(tip);
    const baseCommit = run.commit({ 'readme.md': 'base\n' });
    expect(await integrate(run)).toEqual({ kind: 'conflict', tip, baseCommit, files: ['readme.md'] });
    expect(run.git('rev-parse', BRANCH)).toBe(tip);
  });

  test('a base that is gone is said', async () => {
    const run = await setUp();
    run.git('checkout', '-q', '--detach');
    run.git('branch', '-D', 'main');
    await expect(integrate(run)).rejects.toMatchObject({ code: 'branch_missing', subject: 'main' });
  });
});
