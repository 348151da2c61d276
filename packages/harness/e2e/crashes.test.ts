import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { EventView, VerifyView } from '@tina/contract';
import {
  attemptsOf,
  designOf,
  entry,
  hold,
  planOf,
  played,
  Sandbox,
  scriptOf,
  start,
  taskOf,
  until,
  workOn,
} from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

/** Each task takes long enough to be hit, and leaves a mark that shows how often its work was merged. */
const work = (path: string): readonly string[] => [
  `write: { path: ${path}, append: "once\\n" }`,
  'sleep: { for: 250ms }',
  `commit: "Write ${path}"`,
  'sleep: { for: 150ms }',
  'report: done',
];

const SCRIPT = scriptOf(
  entry('role: validator', 'sleep: { for: 300ms }'),
  entry(
    'role: planner, phase: "1"',
    'sleep: { for: 200ms }',
    planOf(
      '{ title: one, files: [a.txt] }',
      '{ title: two, files: [b.txt] }',
      '{ title: three, files: [c.txt], dependsOn: ["1", "2"] }',
    ),
  ),
  entry('role: planner, phase: "2"', planOf('{ title: four, files: [d.txt] }')),
  entry('role: implementer, phase: "1", task: 1', ...work('a.txt')),
  entry('role: implementer, phase: "1", task: 2', ...work('b.txt')),
  entry('role: implementer, phase: "1", task: 3', ...work('c.txt')),
  entry('role: implementer, phase: "2", task: 1', ...work('d.txt')),
  entry('role: reviewer', 'sleep: { for: 200ms }'),
);

type Events = readonly EventView[];

/** Whether an agent has started in the role for the task. */
function isAtWork(happened: Events, role: string, task: string): boolean {
  const { id } =
    happened.find(({ type, data }) => type === 'task.added' && data['name'] === task)?.data ?? {};
  const asked = happened.find(
    ({ type, data }) => type === 'attempt.requested' && data['taskId'] === id && data['role'] === role,
  );
  const { attemptId } = asked?.data ?? {};
  return happened.some(
    ({ type, data }) =>
      type === 'attempt.started' && attemptId !== undefined && data['attemptId'] === attemptId,
  );
}

/** Five moments of a run in which an agent is at work or comes soon, as what has happened until then. */
const MOMENTS: readonly (readonly [string, (happened: Events) => boolean])[] = [
  ['while the design is validated', (all) => isAtWork(all, 'validator', 'validate-design')],
  ['while the first phase is planned', (all) => isAtWork(all, 'planner', 'plan-phase-1')],
  [
    'while two tasks are at work',
    (all) => ['phase-1-task-1', 'phase-1-task-2'].every((task) => isAtWork(all, 'implementer', task)),
  ],
  ['when a task is merged', (all) => all.some(({ type }) => type === 'merge.requested')],
  ['while the phase is reviewed', (all) => isAtWork(all, 'reviewer', 'review-phase-1')],
];

type Victim = 'the daemon' | 'an agent host' | 'an agent' | 'the tmux server';
const VICTIMS: readonly Victim[] = ['the daemon', 'an agent host', 'an agent', 'the tmux server'];

describe.each(VICTIMS)('G13 kill -9 of %s', (victim) => {
  test.each(MOMENTS)('%s: the run ends complete, every task done once', async (_, isMoment) => {
    sandbox = await Sandbox.create({ script: SCRIPT, config: 'retries: { backoff: 50ms }\n' });
    const design = await sandbox.write('docs/sample-design.md', designOf('First', 'Second'));
    const started = await sandbox.tina('orchestrate', design, '--finalize', 'merge', '--detach');
    expect(started).toMatchObject({ code: 0 });
    await until('the moment has come', async () => isMoment(await events()), 60_000);
    await kill(victim);
    // Any command starts a daemon where there is none.
    expect(await sandbox.wait('sample')).toBe(0);
    await expectDoneOnce();
  });
});

test('G13 kill -9 of the daemon while the result is checked: the checks run again, and it lands once', async () => {
  // Where there is no agent any more, nobody but the next command misses the daemon.
  const slow =
    'echo checked >>"$(git rev-parse --path-format=absolute --git-common-dir)/checked"; sleep 2.25';
  sandbox = await Sandbox.create({
    script: SCRIPT,
    config: `retries: { backoff: 50ms }\nchecks: [{ name: slow, command: '${slow}', at: [finalize] }]\n`,
  });
  await start(sandbox, designOf('First', 'Second'));
  await until('the base is checked', async () => (await commandsOf('sleep 2.25')).length > 0);
  await until('that is over', async () => (await commandsOf('sleep 2.25')).length === 0);
  await until('the result is checked', async () => (await commandsOf('sleep 2.25')).length > 0, 60_000);
  await kill('the daemon');
  expect(await sandbox.git('log', '-1', '--format=%s', 'main')).toBe('Begin');
  expect(await sandbox.wait('sample')).toBe(0);
  const { checks } = await taskOf(sandbox, 'finalize');
  expect(checks).toMatchObject([{ name: 'slow', outcome: 'passed' }]);
  // On the base, on the result until the daemon died, and again.
  expect((await sandbox.read('.git/checked')).trim().split('\n')).toHaveLength(3);
  expect((await events()).filter(({ type }) => type === 'landing.completed')).toHaveLength(1);
  await expectDoneOnce();
});

describe('G13 a daemon that died', () => {
  const HELD = scriptOf(
    entry('role: planner', planOf('{ title: one, files: [a.txt] }', '{ title: two, files: [b.txt] }')),
    entry('role: implementer, task: 1', ...hold('one'), ...workOn('a.txt', 'once')),
    entry('role: implementer, task: 2', ...hold('two'), ...workOn('b.txt', 'once')),
  );
  const atWork = async (): Promise<void> => {
    sandbox = await Sandbox.create({ script: HELD });
    await start(sandbox, designOf('Only'));
    await Promise.all([sandbox.reached('one'), sandbox.reached('two')]);
  };

  test('comes back while its agents are at work, and the run goes on, without a command', async () => {
    await atWork();
    const [dead] = await commandsOf('daemon run');
    const environment = await environmentOf(dead);
    process.kill(Number(dead), 'SIGKILL');
    const diedAt = performance.now();
    await sandbox.release('one');
    await sandbox.release('two');
    // Looked at from outside: a command would start the daemon.
    const isMerged = async (): Promise<boolean> => (await sandbox.git('ls-tree', 'main')).includes('b.txt');
    await until('the run has gone on to its end by itself', isMerged, 60_000);
    const seconds = (performance.now() - diedAt) / 1000;
    console.info(`from kill -9 of the daemon to the merged run: ${seconds.toFixed(1)} s`);
    expect(seconds).toBeLessThan(30);
    const daemons = await commandsOf('daemon run');
    expect(daemons).toHaveLength(1);
    expect(daemons).not.toContain(dead);
    // What agents and checks get is chosen from it.
    expect(await environmentOf(daemons[0])).toEqual(environment);
    expect(await sandbox.wait('sample')).toBe(0);
    await expectDoneOnce(['a.txt', 'b.txt']);
  });

  test('does not come back when it was stopped on purpose, until a command needs it', async () => {
    await atWork();
    await sandbox.tina('daemon', 'stop');
    const restartedBy = performance.now() + 8_000;
    await until('two hosts would have started one', () => performance.now() > restartedBy);
    expect(await commandsOf('daemon run')).toEqual([]);
    await sandbox.release('one');
    await sandbox.release('two');
    expect(await sandbox.wait('sample')).toBe(0);
    await expectDoneOnce(['a.txt', 'b.txt']);
  });

  test('hears of a turn that ended while it was away, though its host has died as well', async () => {
    await atWork();
    await sandbox.tina('daemon', 'stop');
    const hosts = await commandsOf('launch.json');
    await sandbox.release('one');
    await sandbox.release('two');
    for (const attempt of await readdir(attemptsFolder())) {
      const spool = join(attemptsFolder(), attempt, 'spool.jsonl');
      const isOver = async (): Promise<boolean> => (await readFile(spool, 'utf8')).includes('turn-ended');
      const isAtWork = await Promise.all(hosts.map((pid) => commandOf(pid)));
      if (isAtWork.some((command) => command.includes(attempt))) await until('its turn is over', isOver);
    }
    for (const pid of hosts) process.kill(pid, 'SIGKILL');
    expect(hosts).toHaveLength(2);
    expect(await sandbox.wait('sample')).toBe(0);
    await expectDoneOnce(['a.txt', 'b.txt']);
    for (const task of ['phase-1-task-1', 'phase-1-task-2']) {
      expect(await attemptsOf(sandbox, task, 'implementer')).toMatchObject([{ status: 'succeeded' }]);
    }
  });
});

const attemptsFolder = (): string => join(sandbox.home, 'state/attempts');

async function events(): Promise<Events> {
  return sandbox.jsonLines<EventView>('events', 'sample');
}

/** Ends one process of the kind, as it is now; where there is none at this moment, the next one that comes. */
async function kill(victim: Victim): Promise<void> {
  await until(`there is ${victim} to kill`, async () => {
    const pid = await findVictim(victim);
    if (pid === null) return false;
    process.kill(pid, 'SIGKILL');
    return true;
  });
}

async function findVictim(victim: Victim): Promise<number | null> {
  if (victim === 'the daemon') return (await commandsOf('daemon run'))[0] ?? null;
  if (victim === 'the tmux server') return (await commandsOf('tmux.sock'))[0] ?? null;
  if (victim === 'an agent host') return (await commandsOf('launch.json'))[0] ?? null;
  return (await commandsOf('scripted-agent'))[0] ?? null;
}

/** Processes of the sandbox whose command line has the text. */
async function commandsOf(text: string): Promise<readonly number[]> {
  const own = await sandbox.processes();
  const commands = await Promise.all(own.map(async (pid) => [pid, await commandOf(pid)] as const));
  return commands.filter(([, command]) => command.includes(text)).map(([pid]) => pid);
}

async function commandOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
}

async function environmentOf(pid: number | undefined): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8');
  return text.split('\0').toSorted();
}

/** The sessions on Tina's own tmux server; it ends with the last of them. */
async function sessions(): Promise<string> {
  const socket = `${sandbox.home}/state/tmux.sock`;
  if (!existsSync(socket)) return '';
  const { code, stdout, stderr } = await sandbox.run('tmux', ['-S', socket, 'list-sessions']);
  if (code !== 0) expect(stderr).toMatch(/no server running|error connecting/);
  return stdout;
}

async function expectDoneOnce(paths = ['a.txt', 'b.txt', 'c.txt', 'd.txt']): Promise<void> {
  const { run } = await played(sandbox, 0);
  expect(run.status).toBe('complete');
  expect(run.tasks.every((task) => task.status === 'completed')).toBe(true);
  for (const path of paths) {
    expect(await sandbox.git('show', `main:${path}`)).toBe('once');
  }
  const completed = (await events()).filter((event) => event.type === 'task.completed');
  expect(new Set(completed.map((event) => event.data['taskId'])).size).toBe(completed.length);
  const views = await sandbox.json<VerifyView[]>('verify', '--all');
  expect(views.map((view) => view.clean)).toEqual([true]);
  await until('the worktrees are gone', async () => !(await sandbox.git('worktree', 'list')).includes('\n'));
  expect(await readdir(`${sandbox.home}/state/worktrees`)).toEqual([]);
  await until('no session is left', async () => (await sessions()) === '');
  // Neither host, agent nor tmux server.
  await until('nothing runs but the daemon', async () => (await sandbox.processes()).length === 1);
  expect(await commandsOf('daemon run')).toEqual(await sandbox.processes());
}
