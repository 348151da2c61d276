import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import { join, relative } from 'node:path';

import { describe, expect, test } from 'vitest';

import { beginMerge } from './begin-merge.ts';
import { collectWork } from './collect-work.ts';
import { commitLog } from './commit-log.ts';
import { copyIncluded } from './copy-included.ts';
import { createBranch } from './create-branch.ts';
import { deleteBranch } from './delete-branch.ts';
import { inspectRepository } from './inspect-repository.ts';
import { integrateBase } from './integrate-base.ts';
import { listWorktrees } from './list-worktrees.ts';
import { mergeInto } from './merge-into.ts';
import { prepareWorktree } from './prepare-worktree.ts';
import { removeWorktree } from './remove-worktree.ts';
import { rescueWork } from './rescue-work.ts';
import { detachWorktree, resetWorktree } from './reset-worktree.ts';
import {
  readIfThere,
  tempRepository,
  writeFiles,
  writeScript,
  type TempRepository,
} from './testing/temp-repository.ts';

const RUN_BRANCH = 'tina/feature';

/** Everything of the user's: path, kind, mode, time and content of each file, but for objects and what is Tina's own. */
function fingerprint(folder: string): Record<string, string> {
  const ours =
    /^slots$|(?:^|\/)(?:\.git|apart)\/(?:modules\/[^/]+\/)?(?:objects|worktrees|refs\/tina|(?:logs\/)?refs\/heads\/(?:tina|tina-attempt))$/;
  const result: Record<string, string> = {};
  const visit = (parent: string): void => {
    for (const name of readdirSync(parent)) {
      const path = join(parent, name);
      const key = relative(folder, path);
      if (ours.test(key)) continue;
      const facts = lstatSync(path);
      if (facts.isDirectory()) {
        visit(path);
        continue;
      }
      const content = facts.isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
      const hash = createHash('sha256').update(content).digest('hex');
      result[key] = `${facts.mode} ${facts.mtimeMs} ${hash}`;
    }
  };
  visit(folder);
  return result;
}

/** A checkout in use: staged, changed, untracked and ignored files, a stash, another branch. */
function occupyCheckout({ root, git }: TempRepository): void {
  const options = ['-c', 'core.hooksPath=/dev/null', '-c', 'commit.gpgSign=false'];
  git(...options, 'branch', 'mine');
  writeFiles(root, { 'readme.md': 'stashed\n' });
  git(...options, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'stash', '-q');
  writeFiles(root, {
    'staged.txt': 'staged\n',
    'readme.md': 'changed\n',
    'notes/ü\nfile': 'mine\n',
    '.env': 'SECRET\n',
  });
  git(...options, 'add', 'staged.txt');
}

/** Commits as an agent would whose own git has no part in the test. */
function agentCommits(
  repository: TempRepository,
  path: string,
  files: Readonly<Record<string, string>>,
): string {
  writeFiles(path, files);
  const settings = [
    'core.hooksPath=/dev/null',
    'commit.gpgSign=false',
    'core.safecrlf=false',
    'diff.orderFile=/dev/null',
  ];
  const options = settings.flatMap((setting) => ['-c', setting]);
  const identity = ['-c', 'user.name=Agent', '-c', 'user.email=agent@example.com'];
  repository.gitIn(path, ...options, 'add', '-A');
  repository.gitIn(path, ...options, ...identity, 'commit', '-q', '-m', 'work');
  return repository.gitIn(path, 'rev-parse', 'HEAD');
}

/** Every operation of a run that is kept, seen from a path that the user may have given. */
async function keptRun(repository: TempRepository, givenPath: string): Promise<void> {
  const { environment, slots } = repository;
  const inspection = await inspectRepository({ path: givenPath, environment });
  if (inspection.kind !== 'repository') throw new Error(JSON.stringify(inspection));
  const { root, baseCommit: start, baseBranch } = inspection.facts;
  expect(root).toBe(realpathSync(givenPath));
  const at = { repository: root, environment };
  const merging = { ...at, branch: RUN_BRANCH, startCommit: start, isInScope: () => true, message: 'Merge' };
  expect(await createBranch({ ...at, branch: RUN_BRANCH, commit: start })).toEqual({ kind: 'created' });

  const attempts = ['one', 'two', 'three'].map((name) => ({
    branch: `tina-attempt/${name}`,
    path: join(slots, 'run', `slot-${name}`),
  }));
  const commits: string[] = [];
  for (const { branch, path } of attempts) {
    await prepareWorktree({ ...at, path, commit: start });
    await resetWorktree({ path, commit: start, branch, environment });
    expect((await copyIncluded({ ...at, path, include: ['.env'] })).copied).toEqual(['.env']);
    const files = {
      [`${branch}/ü\nfile`]: 'new\n',
      'shared.txt': `${branch === 'tina-attempt/two' ? 'two' : 'same'}\n`,
    };
    commits.push(agentCommits(repository, path, files));
    const work = await collectWork({
      path,
      branch,
      startCommit: start,
      changesSince: start,
      mustContain: [start],
      environment,
    });
    expect(work).toMatchObject({
      onBranch: true,
      containsRequired: true,
      dirtyFiles: [],
      conflictMarkers: [],
    });
    expect(work.changedFiles).toContain(`${branch}/ü\nfile`);
  }
  const [one = '', two = '', three = ''] = commits;
  expect(await mergeInto({ ...merging, commit: one, scope: ['.'] })).toMatchObject({ how: 'fast-forward' });
  expect(await mergeInto({ ...merging, commit: two, scope: ['.'] })).toMatchObject({ kind: 'conflict' });
  expect(await mergeInto({ ...merging, commit: three, scope: ['.'] })).toMatchObject({ how: 'merge-commit' });
  expect(await integrateBase({ ...at, branch: RUN_BRANCH, baseBranch, message: 'm' })).toMatchObject({
    kind: 'integrated',
    baseCommit: start,
  });

  const resolver = attempts[1]?.path ?? '';
  const conflict = await beginMerge({ path: resolver, commit: one, message: 'Resolve', environment });
  expect(conflict.conflicts).toEqual(['shared.txt']);
  for (const { branch, path } of attempts) {
    writeFiles(path, { 'left over.txt': 'left\n' });
    const ref = `refs/tina/attempts/${branch.slice('tina-attempt/'.length)}`;
    const rescue = { ...at, path, branch, startCommit: start, ref, message: 'Kept' };
    expect(await rescueWork(rescue)).toMatchObject({ ref });
    await detachWorktree({ path, environment });
    const expected = repository.git('rev-parse', `refs/heads/${branch}`);
    expect(await deleteBranch({ ...at, branch, expected })).toEqual({ kind: 'deleted' });
    await resetWorktree({ path, commit: start, branch: null, environment });
    expect(readIfThere(path, '.env')).toBe('SECRET\n');
  }
  const range = { ...at, from: start, to: `refs/heads/${RUN_BRANCH}` };
  expect(await commitLog({ ...range, limit: 10 })).toHaveLength(3);
  for (const { path } of attempts) await removeWorktree({ ...at, root: slots, path });
  expect(await listWorktrees(at)).toHaveLength(1);
}

/** Settings that change, ask, fail or write wherever git lets them. */
const HOSTILE_SETTINGS: readonly string[] = [
  'commit.gpgSign=true',
  'tag.gpgSign=true',
  'gpg.program=/nowhere/gpg',
  'core.autocrlf=true',
  'core.safecrlf=true',
  'core.fsmonitor=true',
  'core.splitIndex=true',
  'core.editor=false',
  'core.pager=false',
  'core.quotePath=true',
  'rerere.enabled=true',
  'rerere.autoUpdate=true',
  'merge.ff=only',
  'merge.conflictStyle=diff3',
  'merge.verifySignatures=true',
  'merge.autoStash=true',
  'rebase.autoStash=true',
  'pull.rebase=true',
  'log.showSignature=true',
  'status.showUntrackedFiles=no',
  'status.relativePaths=false',
  'status.branch=true',
  'diff.external=false',
  'diff.noprefix=true',
  'diff.renames=copies',
  'diff.orderFile=/nowhere',
  'grep.patternType=fixed',
  'color.ui=always',
  'submodule.recurse=true',
  'branch.autoSetupMerge=always',
  'branch.autoSetupRebase=always',
  'checkout.defaultRemote=nowhere',
  'clean.requireForce=true',
  'user.useConfigOnly=true',
  'i18n.commitEncoding=ISO-8859-1',
  'gc.auto=1',
  'alias.status=!false',
  'alias.merge-tree=!false',
];

function makeHostile({ root, git }: TempRepository): void {
  for (const setting of HOSTILE_SETTINGS) {
    const [key = '', value = ''] = setting.split('=');
    git('config', key, value);
  }
  for (const hook of [
    'post-checkout',
    'reference-transaction',
    'post-index-change',
    'pre-commit',
    'commit-msg',
    'pre-merge-commit',
    'post-merge',
    'pre-auto-gc',
    'prepare-commit-msg',
    'fsmonitor-watchman',
  ]) {
    writeScript(join(root, '.git', 'hooks', hook), `touch '${root}/hook-ran'; exit 1`);
  }
}

interface Variant {
  readonly repository: TempRepository;
  readonly path: string;
  /** Done when the checkout is in use already. */
  readonly makeDifficult?: (repository: TempRepository) => void;
}

const variants: Readonly<Record<string, () => Variant>> = {
  'a repository that is reached through a symbolic link': () => {
    const repository = tempRepository();
    symlinkSync(repository.root, join(repository.folder, 'link'));
    return { repository, path: join(repository.folder, 'link') };
  },
  'a repository of SHA-256 objects whose path holds spaces, colons, quotes, umlauts and newlines': () => {
    const repository = tempRepository({ objectFormat: 'sha256', name: ' pro:ject ü\n"$(x)\' ' });
    return { repository, path: repository.root };
  },
  'a repository without an identity, with hooks that fail and settings that get in the way': () => {
    const repository = tempRepository({ identity: false });
    return { repository, path: repository.root, makeDifficult: makeHostile };
  },
  'a shallow clone': () => {
    const origin = tempRepository();
    origin.commit({ 'more.txt': 'm\n' });
    origin.gitIn(origin.folder, 'clone', '-q', '--depth=1', `file://${origin.root}`, 'shallow');
    const root = join(origin.folder, 'shallow');
    const git: TempRepository['git'] = (...args) => origin.gitIn(root, ...args);
    return { repository: { ...origin, root, git }, path: root };
  },
  'a repository with a submodule, and its git directory apart': () => {
    const repository = tempRepository();
    const { folder, root, git, gitIn, commit, commitIn } = repository;
    gitIn(root, 'init', '-q', `--separate-git-dir=${join(folder, 'apart')}`);
    mkdirSync(join(folder, 'library'));
    gitIn(join(folder, 'library'), 'init', '-q');
    commitIn(join(folder, 'library'), { 'library.txt': 'l\n' });
    git(
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      join(folder, 'library'),
      'library',
    );
    commit({}, 'with a library');
    return { repository, path: root };
  },
};

describe('G20 a kept run leaves checkout, index, stash, configuration, branches and hooks byte for byte', () => {
  test.each(Object.keys(variants))('%s', async (name) => {
    const make = variants[name];
    if (make === undefined) throw new Error(name);
    const { repository, path, makeDifficult } = make();
    occupyCheckout(repository);
    makeDifficult?.(repository);
    const before = fingerprint(repository.folder);
    await keptRun(repository, path);
    expect(fingerprint(repository.folder)).toEqual(before);
    expect(
      Object.keys(before).filter((name) => /\/(?:index|refs\/stash|HEAD)$/.test(name)).length,
    ).toBeGreaterThan(3);
    expect(
      repository.git('for-each-ref', '--format=%(refname)', 'refs/heads', 'refs/tina').split('\n'),
    ).toEqual([
      'refs/heads/main',
      'refs/heads/mine',
      'refs/heads/tina/feature',
      'refs/tina/attempts/one',
      'refs/tina/attempts/three',
      'refs/tina/attempts/two',
    ]);
    expect(repository.git('fsck', '--no-dangling')).toBe('');
  });
});
