import { readdir, readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { EventView, VerifyView } from '@tina/contract';
import { designOf, entry, planOf, played, Sandbox, scriptOf, until } from '@tina/harness';

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

/** Five moments of a run, as an event that has just happened. */
const MOMENTS: readonly (readonly [string, (event: EventView) => boolean])[] = [
  ['while the design is validated', (event) => event.type === 'attempt.started'],
  ['while the first phase is planned', (event) => event.type === 'attempt.started' && event.number > 30],
  ['while two tasks are at work', (event) => event.type === 'attempt.started' && event.number > 55],
  ['when a task is merged', (event) => event.type === 'merge.requested'],
  [
    'while the phase is reviewed',
    (event) => event.type === 'task.started' && event.data['step'] === 'review',
  ],
];

type Victim = 'the daemon' | 'an agent host' | 'an agent' | 'the tmux server';
const VICTIMS: readonly Victim[] = ['the daemon', 'an agent host', 'an agent', 'the tmux server'];

describe.each(VICTIMS)('G13 kill -9 of %s', (victim) => {
  test.each(MOMENTS)('%s: the run ends complete, every task done once', async (_, isMoment) => {
    sandbox = await Sandbox.create({ script: SCRIPT, config: 'retries: { backoff: 50ms }\n' });
    const design = await sandbox.write('docs/sample-design.md', designOf('First', 'Second'));
    const started = await sandbox.tina('orchestrate', design, '--finalize', 'merge', '--detach');
    expect(started).toMatchObject({ code: 0 });
    await until('the moment has come', async () => (await events()).some(isMoment), 60_000);
    await kill(victim);
    // Any command starts a daemon where there is none.
    expect(await sandbox.wait('sample')).toBe(0);
    await expectDoneOnce();
  });
});

async function events(): Promise<readonly EventView[]> {
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
  const commands = await Promise.all(
    own.map(async (pid) => [pid, await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')] as const),
  );
  return commands.filter(([, command]) => command.replaceAll('\0', ' ').includes(text)).map(([pid]) => pid);
}

async function expectDoneOnce(): Promise<void> {
  const { run } = await played(sandbox, 0);
  expect(run.status).toBe('complete');
  expect(run.tasks.every((task) => task.status === 'completed')).toBe(true);
  for (const path of ['a.txt', 'b.txt', 'c.txt', 'd.txt']) {
    expect(await sandbox.git('show', `main:${path}`)).toBe('once');
  }
  const completed = (await events()).filter((event) => event.type === 'task.completed');
  expect(new Set(completed.map((event) => event.data['taskId'])).size).toBe(completed.length);
  const views = await sandbox.json<VerifyView[]>('verify', '--all');
  expect(views.map((view) => view.clean)).toEqual([true]);
  await until('the worktrees are gone', async () => !(await sandbox.git('worktree', 'list')).includes('\n'));
  expect(await readdir(`${sandbox.home}/state/worktrees`)).toEqual([]);
  expect(await commandsOf('launch.json')).toEqual([]);
  expect(await commandsOf('scripted-agent')).toEqual([]);
}
