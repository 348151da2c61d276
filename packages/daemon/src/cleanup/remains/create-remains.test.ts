import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KnownRun, Remain } from '@tina/contract';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
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
  const homeId = randomUUID();
  const remains = createRemains({ paths, homeId, environment: repository.environment });
  const list = async (): Promise<readonly Remain[]> => remains.list([run]);
  const make = (...names: readonly string[]): void => {
    for (const name of names) mkdirSync(inState(name), { recursive: true });
  };
  return { ...repository, inState, remains, list, make, run, homeId };
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

/** A shell that leads a group of its own. */
function launch(
  script: string,
  env: Readonly<Record<string, string>>,
): ChildProcess & { readonly pid: number } {
  const PATH = process.env['PATH'] ?? '/usr/bin:/bin';
  const child = spawn('/bin/sh', ['-c', script], { stdio: 'ignore', detached: true, env: { PATH, ...env } });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  if (child.pid === undefined) throw new Error('not started');
  return Object.assign(child, { pid: child.pid });
}

/** How many of a process group are running. */
function membersOf(groupId: number): number {
  const { stdout } = spawnSync('ps', ['-eo', 'pgid=,stat='], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => new RegExp(String.raw`^\s*${groupId}\s+[^Z]`).test(line)).length;
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

describe('G14 a process that was started for an attempt', () => {
  it('is found by what it carries, of this home only, and no check', async () => {
    const { list, homeId } = setUp();
    const own = launch('exec sleep 60', { TINA_HOME_ID: homeId, TINA_ATTEMPT: 'r9-a1' });
    const check = launch('exec sleep 60', { TINA_HOME_ID: homeId, TINA_NODE_WORK: '1' });
    const other = launch('exec sleep 60', { TINA_HOME_ID: `${homeId}x`, TINA_ATTEMPT: 'r9-a1' });
    const odd = launch('exec sleep 60', { TINA_HOME_ID: homeId, TINA_ATTEMPT: 'r9 a1' });
    await vi.waitFor(async () => expect(short(await list())).toEqual(['process of attempt r9-a1']));
    const [found] = await list();
    expect(found?.process?.pid).toBe(own.pid);
    expect(found?.name).toBe(`${own.pid}@${found?.process?.startTime}`);
    expect([check, other, odd].every(isRunning)).toBe(true);
  });

  it('is ended with its group, and nothing else is', async () => {
    const { list, homeId, remains } = setUp();
    const mark = { TINA_HOME_ID: homeId, TINA_ATTEMPT: 'r9-a1' };
    // A child that has put off what tells whose it is.
    const own = launch('env -i sleep 61 & exec sleep 62', mark);
    const other = launch('exec sleep 60', { ...mark, TINA_ATTEMPT: 'r9-a2' });
    await vi.waitFor(() => expect(membersOf(own.pid)).toBe(2));
    const found = await vi.waitFor(async () => {
      const of = (await list()).find((remain) => remain.of.id === 'r9-a1');
      return of as Parameters<typeof remains.remove>[0];
    });
    await remains.remove(found);
    await remains.remove(found);
    expect(short(await list())).toEqual(['process of attempt r9-a2']);
    await vi.waitFor(() => expect(membersOf(own.pid)).toBe(0));
    expect(isRunning(other)).toBe(true);
  });

  it('G11 is left alone when it is another one by now', async () => {
    const { list, homeId, remains } = setUp();
    const own = launch('exec sleep 60', { TINA_HOME_ID: homeId, TINA_ATTEMPT: 'r9-a1' });
    const found = await vi.waitFor(async () => {
      const [remain] = await list();
      expect(remain).toBeDefined();
      return remain as Parameters<typeof remains.remove>[0];
    });
    const earlier = { ...found, process: { pid: own.pid, startTime: '1@another-boot' } };
    await remains.remove(earlier);
    expect(isRunning(own)).toBe(true);
  });
});

describe('G22 a ref that keeps work', () => {
  it('is found whoever it is of, in the repositories of runs that are known', async () => {
    const { list, git, remains } = setUp();
    git('update-ref', 'refs/tina/attempts/r1-a1', 'HEAD');
    git('update-ref', 'refs/tina/attempts/r9-a1', 'HEAD');
    git('update-ref', 'refs/tina/runs/r9', 'HEAD');
    git('update-ref', 'refs/tina/other/r9', 'HEAD');
    expect(short(await list())).toEqual([
      'rescue-ref of attempt r1-a1',
      'rescue-ref of attempt r9-a1',
      'rescue-ref of run r9',
    ]);
    expect(await remains.list([])).toEqual([]);
  });
});
