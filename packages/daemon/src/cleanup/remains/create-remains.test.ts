import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KnownRun, Remain } from '@tina/contract';
import { describe, expect, it, onTestFinished } from 'vitest';
import { prepareWorktree } from '../../git/index.ts';
import { tempRepository } from '../../git/testing/temp-repository.ts';
import { openSessions } from '../../session/index.ts';
import { createRemains } from './create-remains.ts';

function setUp() {
  const repository = tempRepository();
  const stateDir = join(repository.folder, 'state');
  const inState = (...names: readonly string[]): string => join(stateDir, ...names);
  const paths = {
    stateDir,
    attemptsDir: inState('attempts'),
    checksDir: inState('checks'),
    worktreesDir: inState('worktrees'),
  };
  const run: KnownRun = { runId: 'r1', repository: repository.root, attemptIds: ['r1-a1'] };
  const remains = createRemains({ paths, environment: repository.environment });
  const list = async (): Promise<readonly Remain[]> => remains.list([run]);
  const make = (...names: readonly string[]): void => {
    for (const name of names) mkdirSync(inState(name), { recursive: true });
  };
  return { ...repository, inState, remains, list, make, run };
}

const short = (found: readonly Remain[]): readonly string[] =>
  found
    .map(({ kind, of, slot }) => `${kind} of ${of.kind} ${of.id}${slot === null ? '' : ` slot ${slot}`}`)
    .toSorted();

describe('what of runs and attempts is on a machine', () => {
  it('is nothing in an empty home, and where the repository is gone', async () => {
    const { list, root } = setUp();
    expect(await list()).toEqual([]);
    rmSync(root, { recursive: true });
    expect(await list()).toEqual([]);
  });

  it('is each folder, script and branch by the whole id that it is named by', async () => {
    const { list, make, inState, git, folder, root, environment } = setUp();
    make('attempts/r1-a1', 'attempts/r9-a1', 'attempts/.hidden', 'checks/r1', 'setups/r8', 'sessions');
    make('worktrees/r9/slot-2', 'worktrees/r9/other');
    writeFileSync(inState('attempts', 'a-file'), '');
    writeFileSync(inState('sessions', 'tina-r1-a1.0f.launch'), '');
    writeFileSync(inState('sessions', 'tina-gone.0f.launch'), '');
    git('branch', 'tina-attempt/r1-a1');
    // Another home's, perhaps.
    git('branch', 'tina-attempt/r7-a1');
    const options = { repository: root, commit: 'HEAD', environment };
    await prepareWorktree({ ...options, path: join(folder, 'elsewhere', 'r1', 'slot-3') });
    await prepareWorktree({ ...options, path: inState('worktrees', 'r1', 'slot-1') });
    expect(short(await list())).toEqual([
      'attempt-files of attempt r1-a1',
      'attempt-files of attempt r9-a1',
      'branch of attempt r1-a1',
      'check-files of run r1',
      'launch-script of attempt r1-a1',
      'launch-script of attempt tina-gone',
      'setup-files of run r8',
      'worktree of run r1 slot 1',
      'worktree of run r1 slot 3',
      'worktree of run r9 slot 2',
    ]);
  });

  it('G14 is a session, which is ended, and files, which are deleted', async ({ skip }) => {
    skip(spawnSync('tmux', ['-V']).status !== 0, 'tmux is not installed');
    const { list, make, inState, remains } = setUp();
    make('attempts/r9-a1/out');
    const sessions = await openSessions({ stateDir: inState() });
    onTestFinished(() => sessions.end('tina-r1-a1'));
    const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
    await sessions.start({ name: 'tina-r1-a1', command: ['sleep', '60'], cwd: inState(), env });
    const found = await list();
    expect(short(found)).toEqual(['attempt-files of attempt r9-a1', 'session of attempt r1-a1']);
    for (const remain of found) await remains.remove(remain as Parameters<typeof remains.remove>[0]);
    for (const remain of found) await remains.remove(remain as Parameters<typeof remains.remove>[0]);
    expect(await list()).toEqual([]);
    expect(existsSync(inState('attempts', 'r9-a1'))).toBe(false);
  });
});
