import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '@tina/contract';
import { sessionName } from '@tina/domain';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  tempRepository,
  type TempRepository,
  type TempRepositoryOptions,
} from '../git/testing/temp-repository.ts';
import { openSessions } from '../session/index.ts';
import { createMachine } from './create-machine.ts';

interface Setting extends TempRepository {
  readonly machine: Machine;
  readonly stateDir: string;
  readonly configPath: string;
}

function setUp(options?: TempRepositoryOptions, environment?: NodeJS.ProcessEnv): Setting {
  const repository = tempRepository(options);
  const stateDir = join(repository.folder, 'state');
  const configPath = join(repository.folder, 'config.yaml');
  mkdirSync(stateDir, { mode: 0o700 });
  const paths = {
    stateDir,
    configPath,
    attemptsDir: join(stateDir, 'attempts'),
    checksDir: join(stateDir, 'checks'),
  };
  const machine = createMachine({ paths, environment: environment ?? repository.environment });
  return { ...repository, machine, stateDir, configPath };
}

function code(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'none',
    (error: { code: string }) => error.code,
  );
}

describe('a repository', () => {
  it('is found from any folder in it, with what is changed where its base is checked out', async () => {
    const { machine, root, git } = setUp();
    mkdirSync(join(root, 'src'));
    const baseCommit = git('rev-parse', 'HEAD');
    const facts = { root, baseBranch: 'main', baseCommit, dirtyFiles: [] as string[] };
    expect(await machine.inspectRepository({ directory: join(root, 'src'), base: null })).toEqual(facts);
    writeFileSync(join(root, 'readme.md'), 'changed');
    writeFileSync(join(root, 'untracked'), '');
    const dirty = { ...facts, dirtyFiles: ['readme.md'] };
    expect(await machine.inspectRepository({ directory: root, base: 'main' })).toEqual(dirty);
    git('checkout', '-q', '-b', 'other');
    expect(await machine.inspectRepository({ directory: root, base: 'main' })).toEqual(facts);
  });

  it('says what is changed in every checkout of its base', async () => {
    const { machine, folder, root, git } = setUp();
    const linked = join(folder, 'linked');
    git('checkout', '-q', '-b', 'other');
    git('worktree', 'add', '-q', linked, 'main');
    git('worktree', 'add', '-q', '--force', join(folder, 'gone'), 'main');
    git('worktree', 'lock', join(folder, 'gone'));
    rmSync(join(folder, 'gone'), { recursive: true });
    const dirtyFiles = async (directory: string) =>
      (await machine.inspectRepository({ directory, base: 'main' })).dirtyFiles;
    writeFileSync(join(root, 'readme.md'), 'changed');
    expect(await dirtyFiles(root)).toEqual([]);
    writeFileSync(join(linked, 'readme.md'), 'changed');
    writeFileSync(join(linked, 'untracked'), '');
    for (const directory of [root, linked]) {
      expect(await dirtyFiles(directory)).toEqual([join(linked, 'readme.md')]);
    }
    git('checkout', '-q', '--force', '--ignore-other-worktrees', 'main');
    writeFileSync(join(root, 'readme.md'), 'changed');
    expect(await dirtyFiles(root)).toEqual(['readme.md', join(linked, 'readme.md')]);
  });

  it('G31 that no run can start in is refused with what to type', async () => {
    const { machine, folder, root, git } = setUp();
    const inspect = (directory: string, base: string | null = null) =>
      code(machine.inspectRepository({ directory, base }));
    expect(await inspect(folder)).toBe('not_a_repository');
    expect(await inspect(join(folder, 'missing'))).toBe('not_a_folder');
    expect(await inspect(join(root, '.git'))).toBe('bare_repository');
    git('init', '-q', join(folder, 'empty'));
    expect(await inspect(join(folder, 'empty'))).toBe('no_commits');
    expect(await inspect(root, 'nowhere')).toBe('unknown_base');
    const unknown = machine.inspectRepository({ directory: root, base: 'nowhere' });
    await expect(unknown).rejects.toMatchObject({
      details: ['there is: main'],
      next: ['tina orchestrate <design.md> --base main'],
    });
    git('checkout', '-q', '--detach');
    expect(await inspect(root)).toBe('detached_head');
    const ownedByNobody = setUp({}, { PATH: '/nowhere' });
    const withoutGit = ownedByNobody.machine.inspectRepository({ directory: ownedByNobody.root, base: null });
    expect(await code(withoutGit)).toBe('git_missing');
  });

  it('says whether a branch can be made', async () => {
    const { machine, root: repository, git } = setUp();
    git('branch', 'tina/sample');
    git('branch', 'taken');
    const exists = (branch: string) => machine.branchExists({ repository, branch });
    expect(await Promise.all(['tina/sample', 'tina', 'taken/x'].map(exists))).toEqual([true, true, true]);
    expect(await Promise.all(['tina/other', 'tina/sample2', 'take'].map(exists))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('says whether there is a remote to push to', async () => {
    const { machine, root: repository, git } = setUp();
    const hasRemote = () => machine.hasPushRemote({ repository, baseBranch: 'main' });
    expect(await hasRemote()).toBe(false);
    git('remote', 'add', 'one', '../one.git');
    expect(await hasRemote()).toBe(true);
    git('remote', 'add', 'two', '../two.git');
    expect(await hasRemote()).toBe(false);
  });

  it('lists the commits between two', async () => {
    const { machine, root: repository, git, commit } = setUp();
    const from = git('rev-parse', 'HEAD');
    const one = commit({ a: '1' }, 'first\tchange');
    const two = commit({ a: '2' }, 'second');
    const listed = await machine.listCommits({ repository, from, to: two });
    expect(listed).toMatchObject([
      { commit: one, subject: 'first\tchange', author: 'Ada' },
      { commit: two, subject: 'second', author: 'Ada' },
    ]);
    expect(Math.abs((listed[0]?.at ?? 0) - Date.now())).toBeLessThan(60_000);
  });
});

describe('configuration', () => {
  it('is read where there is some', async () => {
    const { machine, root, configPath } = setUp();
    expect(await machine.readConfig(root)).toEqual({ user: null, project: null });
    mkdirSync(join(root, '.tina'));
    const path = join(root, '.tina', 'config.yaml');
    writeFileSync(path, 'version: 1\n');
    writeFileSync(configPath, '');
    const expected = { user: { path: configPath, text: '' }, project: { path, text: 'version: 1\n' } };
    expect(await machine.readConfig(root)).toEqual(expected);
  });

  it('G31 that cannot be read is an error with its place', async () => {
    const { machine, root, configPath } = setUp();
    mkdirSync(configPath);
    const unreadable = { code: 'config_unreadable', place: { file: configPath } };
    await expect(machine.readConfig(root)).rejects.toMatchObject(unreadable);
    const other = setUp();
    writeFileSync(other.configPath, Buffer.from([0xff, 0xfe]));
    await expect(other.machine.readConfig(other.root)).rejects.toThrow('it is not UTF-8');
  });
});

describe('an agent', () => {
  it('that can work has no problems', async () => {
    const { machine, root: repository } = setUp();
    const definition = { kind: 'command', command: ['cat'], prompt: 'stdin', env: [] } as const;
    expect(
      await machine.checkAgent({
        name: 'cat',
        definition: { ...definition, command: ['cat'], env: [] },
        repository,
      }),
    ).toEqual([]);
  });

  it('that cannot says why, with the place and what to do', async () => {
    const { machine, root: repository } = setUp();
    const missing = {
      kind: 'command' as const,
      command: ['no-such-program'],
      prompt: 'stdin' as const,
      env: [],
    };
    expect(await machine.checkAgent({ name: 'mine', definition: missing, repository })).toMatchObject([
      {
        code: 'agent_unusable',
        message: expect.stringMatching(/^The agent mine cannot work: .*no-such-program/),
      },
    ]);
    const script = join(repository, 'script.yaml');
    writeFileSync(script, 'version: 1\nentries:\n  - do: [no-such-step: 1]\n');
    const scripted = { kind: 'scripted', script: 'script.yaml' } as const;
    const [problem] = await machine.checkAgent({ name: 'scripted', definition: scripted, repository });
    expect(problem).toMatchObject({
      place: { file: script, line: 3 },
      next: expect.arrayContaining(['tina doctor']),
    });
  });
});

describe('an attempt', () => {
  it('can be looked at while its session is there', async () => {
    const { machine, stateDir } = setUp();
    const sessions = await openSessions({ stateDir });
    const name = sessionName('r1-a1');
    expect(await machine.attachCommand('r1-a1')).toBeNull();
    const env = { PATH: process.env['PATH'] ?? '' };
    await sessions.start({ name, command: ['sleep', '60'], cwd: '/', env });
    onTestFinished(() => sessions.end(name));
    expect(await machine.attachCommand('r1-a1')).toEqual(sessions.attachCommand(name));
    expect(machine.attemptDirectory('r1-a1')).toBe(join(stateDir, 'attempts', 'r1-a1'));
  });
});

describe('what an ended run left', () => {
  it('is found and removed', async () => {
    const { machine, root: repository, git } = setUp();
    git('branch', 'tina/sample');
    const of = { repository, branch: 'tina/sample', baseBranch: 'main', attemptIds: [] };
    const run = { ...of, runId: 'r1', tip: git('rev-parse', 'main'), isBranchInUse: false };
    const items = await machine.findLeftovers([run]);
    expect(items).toMatchObject([{ kind: 'branch', name: 'tina/sample', action: 'remove' }]);
    await machine.removeLeftovers(items, [run]);
    expect(await machine.findLeftovers([run])).toEqual([]);
  });
});

describe('a folder behind a link', () => {
  it('is the repository that the link leads to', async () => {
    const { machine, folder, root } = setUp();
    symlinkSync(root, join(folder, 'link'));
    expect(await machine.inspectRepository({ directory: join(folder, 'link'), base: null })).toMatchObject({
      root,
    });
  });
});
