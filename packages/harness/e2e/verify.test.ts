import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ActionView, RepairedItem, VerifyView } from '@tina/contract';
import { attemptsOf, designOf, entry, planOf, play, Sandbox, scriptOf, workOn } from '@tina/harness';
import { afterEach, expect, test, vi } from 'vitest';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const state = (...path: readonly string[]): string => join(sandbox.home, 'state', ...path);

async function finishedRun(): Promise<string> {
  sandbox = await Sandbox.create({
    script: scriptOf(
      entry('role: planner', planOf('{ title: one, files: [1.txt] }')),
      entry('role: implementer', ...workOn('1.txt')),
    ),
  });
  const { code, run } = await play(sandbox, designOf('Only'));
  expect(code).toBe(0);
  return run.id;
}

function spoil(sql: string): void {
  const database = new DatabaseSync(state('tina.db'), { enableForeignKeyConstraints: false });
  database.exec(sql);
  database.close();
}

const look = async (): Promise<readonly string[]> => {
  const { stdout } = await sandbox.tina('verify', '--all', '--json');
  const views = JSON.parse(stdout) as readonly VerifyView[];
  return views.flatMap(({ findings }) => findings.map(({ kind, mend }) => `${kind}: ${mend}`)).toSorted();
};

const repair = async (...flags: readonly string[]): Promise<readonly string[]> => {
  const { stdout } = await sandbox.tina('verify', '--all', '--repair', '--json', ...flags);
  const items = JSON.parse(stdout) as readonly RepairedItem[];
  return items.map(({ kind, outcome }) => `${outcome} ${kind}`).toSorted();
};

test('G02 G14 verify finds what faults leave behind, mends what is safe, and finds nothing the second time', async () => {
  const run = await finishedRun();
  expect(await look()).toEqual([]);
  const [attempt] = await attemptsOf(sandbox, 'phase-1-task-1');

  spoil(`update attempts set status = 'lost' where id = '${attempt?.id}';
    insert into timers (id, run_id, due_at) values ('stray', '${run}', 99999999999999);
    insert into leases (attempt_id, run_id, node_id, epoch, lease_ends_at, lease_duration_ms)
      select '${attempt?.id}', '${run}', id, 1, 99999999999999, 1000 from nodes`);
  await sandbox.git('branch', `tina-attempt/${attempt?.id}`, 'main');
  await sandbox.git('worktree', 'add', '--quiet', '--detach', state('worktrees', run, 'slot-1'), 'main');
  await mkdir(state('setups', run), { recursive: true });
  await writeFile(state('sessions', `tina-${attempt?.id}.0f.launch`), 'export TOKEN=secret\n');
  expect(await look()).toEqual([
    'branch: safe',
    'copy: safe',
    'launch-script: safe',
    'lease: safe',
    'setup-files: safe',
    'timer: safe',
    'worktree: safe',
  ]);

  expect(await repair()).toEqual([
    'mended branch',
    'mended copy',
    'mended launch-script',
    'mended lease',
    'mended setup-files',
    'mended timer',
    'mended worktree',
  ]);
  expect(await look()).toEqual([]);
  expect(await repair()).toEqual([]);
  expect(await sandbox.git('branch', '--list', 'tina-attempt/*')).toBe('');
  expect(await readdir(state('worktrees'))).toEqual([]);
  const actions = await sandbox.jsonLines<ActionView>('actions');
  expect(actions.filter(({ kind }) => kind === 'run.repair')).toMatchObject([{ outcome: 'done' }]);
});

test('G22 repair keeps work that nothing else holds, and asks before what it does not know', async () => {
  const run = await finishedRun();
  const worktree = state('worktrees', run, 'slot-1');
  await sandbox.git('worktree', 'add', '--quiet', '--detach', worktree, 'main');
  await writeFile(join(worktree, 'idea.txt'), 'not to be lost\n');
  const stranger = state('worktrees', 'of-nobody', 'slot-1');
  await sandbox.git('worktree', 'add', '--quiet', '--detach', stranger, 'main');
  await writeFile(join(stranger, 'idea.txt'), 'not to be lost either\n');
  await mkdir(state('attempts', 'of-nobody-a1'), { recursive: true });
  expect(await look()).toEqual(['attempt-files: ask', 'worktree: by-hand', 'worktree: safe']);

  expect(await repair()).toEqual(['left attempt-files', 'left worktree', 'mended worktree']);
  expect(await sandbox.git('show', `refs/tina/runs/${run}:idea.txt`)).toBe('not to be lost');
  expect(existsSync(join(stranger, 'idea.txt'))).toBe(true);

  expect(await repair('--yes')).toEqual(['left worktree', 'mended attempt-files']);
  const told = await sandbox.tina('verify', '--all');
  expect(told.code).toBe(1);
  expect(told.stdout).toContain(`git worktree remove '${stranger}'`);
  await sandbox.git('worktree', 'remove', '--force', stranger);
  expect((await sandbox.tina('verify', '--all')).code).toBe(0);
});

test('G14 G22 verify tells of a process that an attempt left, which repair ends, and of a ref that only a person removes', async () => {
  const run = await finishedRun();
  const [attempt] = await attemptsOf(sandbox, 'phase-1-task-1');
  const ref = 'refs/tina/attempts/unknown-a1';
  await sandbox.git('update-ref', ref, 'main');
  const homeId = (await readFile(state('home-id'), 'utf8')).trim();
  const mark = { TINA_HOME_ID: homeId, TINA_ATTEMPT: attempt?.id };
  const left = spawn('sleep', ['300'], { stdio: 'ignore', detached: true, env: { ...process.env, ...mark } });
  const gone = once(left, 'exit');
  try {
    // A process that is just being executed does not show yet what it carries.
    const found = ['process: safe', 'rescue-ref: by-hand'];
    await vi.waitFor(async () => expect(await look()).toEqual(found), { timeout: 20_000 });
    const { stdout } = await sandbox.tina('verify', '--all');
    expect(stdout).toContain(
      `process ${left.pid}, started for attempt ${attempt?.id}, is running, and attempt ${attempt?.id} is over`,
    );
    expect(stdout).toContain(`tina verify ${run} --repair`);
    expect(stdout).toContain(`update-ref -d '${ref}'`);
    expect(await repair('--yes')).toEqual(['left rescue-ref', 'mended process']);
    await gone;
  } finally {
    left.kill('SIGKILL');
  }
  expect(await look()).toEqual(['rescue-ref: by-hand']);
  await sandbox.git('update-ref', '-d', ref);
  expect((await sandbox.tina('verify', '--all')).code).toBe(0);
});

test('G02 repair makes changed rows anew from the events, and the run is as it was', async () => {
  const run = await finishedRun();
  const before = await sandbox.json('status', run);
  spoil(`update tasks set data = json_set(data, '$.title', 'Other'), name = 'other' where name = 'finalize';
    update runs set status = 'blocked', branch = 'other'`);
  // It might be an event that was changed: nothing of it is mended without a word.
  expect(await look()).toContain('rows: ask');
  expect((await repair()).filter((each) => each.startsWith('mended'))).toEqual(['mended copy']);
  expect((await sandbox.tina('verify', '--all', '--repair', '--yes')).code).toBe(0);
  expect(await sandbox.json('status', run)).toMatchObject({
    ...(before as object),
    asOf: expect.any(Number) as number,
  });
});

test('G06 doctor looks at a home whose daemon is at work, and finds nothing wrong', async () => {
  await finishedRun();
  const { stdout, code } = await sandbox.tina('doctor');
  expect(stdout).toContain('Everything that a run needs is here.');
  expect(code).toBe(0);
  expect(stdout).toMatch(/database .*tina\.db, 0 active runs/);
});

test('G06 G31 doctor tells a daemon that was stopped, and what to type; then it answers again', async () => {
  await finishedRun();
  const [daemon] = await sandbox.processesWith('daemon run');
  process.kill(daemon ?? 0, 'SIGSTOP');
  const { code, stdout } = await sandbox.tina('doctor');
  expect(code).toBe(1);
  expect(stdout).toContain(
    `the daemon (process ${daemon}) is there, and does not answer within 3 s: its process is stopped`,
  );
  expect(stdout).toContain(`next: kill -CONT ${daemon}`);
  process.kill(daemon ?? 0, 'SIGCONT');
  expect((await sandbox.tina('doctor')).code).toBe(0);
});
