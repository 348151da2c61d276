import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { ActionView, VerifyView } from '@tina/contract';
import {
  attemptsOf,
  designOf,
  entry,
  eventsOf,
  hold,
  planOf,
  play,
  revisionAtWork,
  runOf,
  Sandbox,
  scriptOf,
  start,
  until,
  workOn,
} from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const QUICK = 'retries: { backoff: 50ms }\n';
const ONE_TASK = entry('role: planner', planOf('{ title: one, files: ["{phase}.txt"] }'));
const WELL = entry('role: implementer', ...workOn('{phase}.txt'));
const HELD_VALIDATOR = entry('role: validator', ...hold('design'));

/** Changes the store behind Tina's back. */
function spoil(sql: string): void {
  const database = new DatabaseSync(join(sandbox.home, 'state/tina.db'));
  const { changes } = database.prepare(sql).run();
  database.close();
  expect(changes).toBe(1);
}

/** Looks at the store over and over until the command has its answer; each look sees it as it is at one moment. */
async function lookDuring(
  command: Promise<unknown>,
  sql: string,
): Promise<readonly Record<string, unknown>[]> {
  const database = new DatabaseSync(join(sandbox.home, 'state/tina.db'), { readOnly: true });
  const look = database.prepare(sql);
  const seen = new Map<string, Record<string, unknown>>();
  const over = new AbortController();
  void command.finally(() => over.abort());
  while (!over.signal.aborted) {
    for (let count = 0; count < 50; count += 1) {
      const row = { ...look.get() };
      seen.set(JSON.stringify(row), row);
    }
    await setImmediate();
  }
  database.close();
  return [...seen.values()];
}

test('G01 whoever looks at the store sees what a command caused all together or not at all', async () => {
  sandbox = await Sandbox.create({ script: scriptOf(HELD_VALIDATOR), config: QUICK });
  await start(sandbox, designOf('Only'));
  await revisionAtWork(sandbox);
  for (const steps of [1, 2, 3, 4]) {
    const command = sandbox.tina(steps % 2 === 1 ? 'pause' : 'resume', 'sample');
    const looks = await lookDuring(
      command,
      `select (select count(*) from events where type in ('run.paused', 'run.resumed')) as events,
        (select count(*) from actions where kind in ('run.pause', 'run.resume')) as actions,
        (select status = 'paused' from runs) as paused,
        (select revision from runs) - (select max(number) from events) as behind`,
    );
    expect(await command).toMatchObject({ code: 0 });
    expect(looks).toEqual(
      [steps - 1, steps].map((done) => ({ events: done, actions: done, paused: done % 2, behind: 0 })),
    );
  }
});

test('G01 a daemon that is killed in the middle of commands leaves each of them done whole or not at all', async () => {
  sandbox = await Sandbox.create({ script: scriptOf(HELD_VALIDATOR), config: QUICK });
  await start(sandbox, designOf('Only'));
  await sandbox.reached('design');
  // A command takes about 100 ms: each is hit at another moment of its way.
  const delays = [40, 60, 80, 100, 120, 140];
  for (const [index, delay] of delays.entries()) {
    const { pid } = await sandbox.json<{ readonly pid: number }>('daemon', 'start');
    const asked = sandbox.tina(index % 2 === 0 ? 'pause' : 'resume', 'sample');
    await sleep(delay);
    process.kill(pid, 'SIGKILL');
    // It asks again with the same key: an effect that has no answer would be refused the second time.
    expect(await asked).toMatchObject({ code: 0, stderr: '' });
  }
  const types = (await eventsOf(sandbox)).map(({ type }) => type);
  const steering = types.filter((type) => type === 'run.paused' || type === 'run.resumed');
  expect(steering).toEqual(delays.map((_, index) => (index % 2 === 0 ? 'run.paused' : 'run.resumed')));
  const actions = await sandbox.jsonLines<ActionView>('actions', 'sample');
  const done = actions.filter(({ kind }) => kind === 'run.pause' || kind === 'run.resume');
  expect(done.map(({ outcome }) => outcome)).toEqual(delays.map(() => 'done'));
  expect((await sandbox.tina('verify', 'sample')).code).toBe(0);
});

test('G02 verify finds a run with all its detours as its events make it, and any row that is not', async () => {
  sandbox = await Sandbox.create({
    config: QUICK,
    script: scriptOf(
      ONE_TASK,
      entry('role: implementer, phase: "1", attempt: 1', 'crash'),
      WELL,
      entry('role: reviewer, phase: "1"', 'report: { kind: review, verdict: gaps, findings: [More] }'),
    ),
  });
  const { code, run } = await play(sandbox, designOf('First', 'Second'));
  expect(code).toBe(0);
  const [clean] = await sandbox.json<readonly VerifyView[]>('verify', 'sample');
  expect(clean).toMatchObject({ runId: run.id, clean: true, problems: [], events: run.revision });

  const [attempt] = await attemptsOf(sandbox, 'phase-1-task-1');
  await sandbox.tina('daemon', 'stop');
  spoil(`update attempts set data = json_set(data, '$.status', 'succeeded') where id = '${attempt?.id}'`);
  const spoilt = await sandbox.tina('verify', 'sample');
  expect(spoilt.code).toBe(1);
  expect(spoilt.stdout).toContain(`attempts ${attempt?.id} differs from its events`);
});

test('G06 a tmux that does not answer while the daemon starts changes nothing: the attempt goes on', async () => {
  const tmux = execFileSync('sh', ['-c', 'command -v tmux'], { encoding: 'utf8' }).trim();
  sandbox = await Sandbox.create({
    config: QUICK,
    programs: {
      tmux: `[ "$1" = -V ] || [ ! -e "$HOME/silent" ] || { echo "$@" >>"$HOME/asked"; echo "server does not answer" >&2; exit 1; }
exec ${tmux} "$@"`,
    },
    script: scriptOf(ONE_TASK, entry('role: implementer', ...hold('work'), ...workOn('1.txt'))),
  });
  await start(sandbox, designOf('Only'));
  await sandbox.reached('work');
  const before = await runOf(sandbox);
  await sandbox.write('../user/silent', '');
  const { pid } = await sandbox.json<{ readonly pid: number }>('daemon', 'status');
  process.kill(pid, 'SIGKILL');
  await sandbox.json('daemon', 'start');
  await until('tmux was asked', () => sandbox.read('../user/asked').then(Boolean, () => false));
  // As long as it takes to find out about an attempt whose host is gone.
  await sleep(1_000);
  const after = await runOf(sandbox);
  expect([after.revision, after.status, after.attempts.map(({ status }) => status)]).toEqual([
    before.revision,
    'executing',
    ['running'],
  ]);
  expect(after.asOf).toBeGreaterThan(before.asOf);
  expect(after.updatedAt).toBe(before.updatedAt);
  await sandbox.run('rm', [join(sandbox.path, 'user/silent')]);
  await sandbox.release('work');
  expect(await sandbox.wait('sample')).toBe(0);
  expect(await attemptsOf(sandbox, 'phase-1-task-1')).toHaveLength(1);
});

test('G28 every control action is on record: who, when, what, why, and what came of it', async () => {
  sandbox = await Sandbox.create({ script: scriptOf(HELD_VALIDATOR), config: QUICK });
  const begun = Date.now();
  const { runId } = await start(sandbox, designOf('Only'));
  await revisionAtWork(sandbox);
  await sandbox.tina('pause', 'sample');
  await sandbox.tina('pause', 'sample');
  await sandbox.tina('resume', 'sample');
  await sandbox.tina('skip', 'sample/finalize', '--reason', 'no need');
  await sandbox.tina('cancel', 'sample', '--reason', 'wrong approach');
  const actions = await sandbox.jsonLines<ActionView>('actions', 'sample');
  expect(actions.map(({ kind, outcome, reasonCode }) => [kind, outcome, reasonCode])).toEqual([
    ['run.create', 'done', null],
    ['run.pause', 'done', null],
    ['run.pause', 'rejected', 'already_paused'],
    ['run.resume', 'done', null],
    ['task.skip', 'rejected', 'task_needed'],
    ['run.cancel', 'done', null],
  ]);
  expect(actions.map(({ input }) => input['reason'])).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    'no need',
    'wrong approach',
  ]);
  const user = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim();
  for (const { requestedBy, requestedAt, runId: about, message, outcome } of actions) {
    expect([requestedBy, about, message === null]).toEqual([user, runId, outcome === 'done']);
    expect(requestedAt).toBeGreaterThanOrEqual(begun);
    expect(requestedAt).toBeLessThanOrEqual(Date.now());
  }
  // A rejected one changed nothing; the others stand in one timeline with what they did.
  const paused = (await eventsOf(sandbox)).find(({ type }) => type === 'run.paused');
  expect(actions[1]?.lastEvent).toBe(paused?.number);
  expect(actions[2]?.lastEvent).toBe(actions[2]?.afterEvent);
  const { stdout } = await sandbox.tina('events', 'sample');
  expect(stdout).toContain('wrong approach');
  expect(stdout.indexOf('run.pause')).toBeLessThan(stdout.indexOf('run.paused'));
});
