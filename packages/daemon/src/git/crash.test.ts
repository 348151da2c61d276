import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { createBranch } from './create-branch.ts';
import { deleteBranch, moveToRescue } from './delete-branch.ts';
import { land } from './land.ts';
import { mergeInto } from './merge-into.ts';
import { prepareWorktree } from './prepare-worktree.ts';
import { removeWorktree } from './remove-worktree.ts';
import { rescueWork } from './rescue-work.ts';
import { resetWorktree } from './reset-worktree.ts';
import { withDyingGit } from './testing/git-shim.ts';
import { readIfThere, tempRepository, writeFiles, type TempRepository } from './testing/temp-repository.ts';

const BRANCH = 'tina/feature';
const ATTEMPT = 'tina-attempt/r-a1';

interface Scene {
  readonly operation: (environment: NodeJS.ProcessEnv) => Promise<unknown>;
  /** What must hold once the operation was done again. */
  readonly check: () => void;
}

/** A slot on an attempt's branch. */
async function withSlot(
  repository: TempRepository,
): Promise<{ readonly path: string; readonly start: string }> {
  const { root, environment, git } = repository;
  const path = join(repository.slots, 'slot-1');
  const start = git('rev-parse', 'HEAD');
  await prepareWorktree({ repository: root, path, commit: start, environment });
  await resetWorktree({ path, commit: start, branch: ATTEMPT, environment });
  return { path, start };
}

/** The run's branch, one commit ahead of the base, and a base that went on by itself. */
function diverge({ git, commit }: TempRepository): {
  readonly work: string;
  readonly base: string;
  readonly start: string;
} {
  const start = git('rev-parse', 'HEAD');
  git('checkout', '-q', '-b', BRANCH);
  const work = commit({ 'work.txt': 'w\n' });
  git('checkout', '-q', 'main');
  return { work, start, base: commit({ 'base.txt': 'b\n' }) };
}

const scenes: Readonly<Record<string, (repository: TempRepository) => Scene | Promise<Scene>>> = {
  'prepare a worktree': (repository) => {
    const { root, slots, git } = repository;
    const path = join(slots, 'slot-1');
    const commit = git('rev-parse', 'HEAD');
    return {
      operation: (environment) => prepareWorktree({ repository: root, path, commit, environment }),
      check: () => {
        expect(readIfThere(path, 'readme.md')).toBe('hello\n');
        expect(git('worktree', 'list').split('\n')).toHaveLength(2);
      },
    };
  },
  'reset a worktree': async (repository) => {
    const { path } = await withSlot(repository);
    const commit = repository.commit({ 'next.txt': 'n\n' });
    writeFiles(path, { 'readme.md': 'dirty\n', 'left over': '' });
    return {
      operation: (environment) => resetWorktree({ path, commit, branch: 'tina-attempt/r-a2', environment }),
      check: () => {
        expect(repository.gitIn(path, 'status', '--porcelain', '--branch')).toBe('## tina-attempt/r-a2');
        expect(repository.gitIn(path, 'rev-parse', 'HEAD')).toBe(commit);
      },
    };
  },
  'rescue work': async (repository) => {
    const { root, git } = repository;
    const { path, start } = await withSlot(repository);
    const ref = 'refs/tina/attempts/r-a1';
    const commit = repository.commitIn(path, { 'done.txt': 'd\n' });
    writeFiles(path, { 'draft.txt': 'd\n' });
    return {
      operation: (environment) =>
        rescueWork({
          repository: root,
          path,
          branch: ATTEMPT,
          startCommit: start,
          ref,
          message: 'm',
          environment,
        }),
      check: () => {
        expect(git('rev-parse', `${ref}^`)).toBe(commit);
        expect(git('show', `${ref}:draft.txt`)).toBe('d');
        expect(repository.gitIn(path, 'status', '--porcelain')).toBe('?? draft.txt');
      },
    };
  },
  'merge a commit': (repository) => {
    const { root, git } = repository;
    const { work, base, start } = diverge(repository);
    return {
      operation: (environment) =>
        mergeInto({
          repository: root,
          branch: BRANCH,
          commit: base,
          startCommit: start,
          scope: ['base.txt'],
          isInScope: (path, scope) => scope.includes(path),
          message: 'm',
          environment,
        }),
      check: () => expect(git('rev-parse', `${BRANCH}^@`).split('\n')).toEqual([work, base]),
    };
  },
  land: (repository) => {
    const { root, git, commit } = repository;
    const expectedBase = git('rev-parse', 'HEAD');
    git('checkout', '-q', '-b', BRANCH);
    const tip = commit({ 'readme.md': 'changed\n', 'new.txt': 'n\n' });
    git('checkout', '-q', 'main');
    return {
      operation: (environment) =>
        land({ repository: root, branch: BRANCH, baseBranch: 'main', expectedBase, tip, environment }),
      check: () => {
        expect(git('rev-parse', 'main')).toBe(tip);
        expect(git('status', '--porcelain')).toBe('');
        expect(readIfThere(root, 'new.txt')).toBe('n\n');
      },
    };
  },
  'create a branch': ({ root, git }) => {
    const commit = git('rev-parse', 'HEAD');
    return {
      operation: (environment) => createBranch({ repository: root, branch: BRANCH, commit, environment }),
      check: () => expect(git('rev-parse', BRANCH)).toBe(commit),
    };
  },
  'delete a branch': ({ root, git }) => {
    git('branch', BRANCH);
    const expected = git('rev-parse', BRANCH);
    return {
      operation: (environment) => deleteBranch({ repository: root, branch: BRANCH, expected, environment }),
      check: () => expect(git('branch', '--list', BRANCH)).toBe(''),
    };
  },
  'keep a branch under a ref': (repository) => {
    const { root, git } = repository;
    const { work } = diverge(repository);
    const ref = 'refs/tina/runs/r';
    return {
      operation: (environment) => moveToRescue({ repository: root, branch: BRANCH, ref, environment }),
      check: () => {
        expect(git('rev-parse', ref)).toBe(work);
        expect(git('branch', '--list', BRANCH)).toBe('');
      },
    };
  },
  'remove a worktree': async (repository) => {
    const { root, slots, git } = repository;
    const { path } = await withSlot(repository);
    return {
      operation: (environment) => removeWorktree({ repository: root, root: slots, path, environment }),
      check: () => {
        expect(existsSync(path)).toBe(false);
        expect(git('worktree', 'list').split('\n')).toHaveLength(1);
      },
    };
  },
};

describe('G20 killed after any of its git commands, an operation done again comes to the same end', () => {
  test.each(Object.keys(scenes))(
    '%s',
    async (name) => {
      for (let commands = 1; ; commands++) {
        const repository = tempRepository();
        const scene = await scenes[name]?.(repository);
        if (scene === undefined) throw new Error(name);
        const died = await scene.operation(withDyingGit(repository, commands)).then(
          () => false,
          () => true,
        );
        // Where it got through, that was the last of its commands, and doing it again changes nothing.
        await scene.operation(repository.environment);
        expect(scene.check).not.toThrow();
        if (!died) return;
      }
    },
    60_000,
  );
});
