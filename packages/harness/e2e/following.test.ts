import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type ErrorData, type EventView, type ProcedureName, procedures } from '@tina/contract';
import {
  designOf,
  entry,
  eventsOf,
  firstAttemptOf,
  hold,
  planOf,
  runOf,
  Sandbox,
  type SandboxOptions,
  scriptOf,
  start,
  until,
  workOn,
} from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const QUICK = 'retries: { backoff: 50ms }\n';
const ONE_TASK = entry('role: planner', planOf('{ title: one, files: [a.txt] }'));
const ONE_AFTER_THE_OTHER = entry(
  'role: planner',
  planOf('{ title: one, files: [a.txt] }', '{ title: two, files: [b.txt], dependsOn: "1" }'),
);
const FIRST = 'phase-1-task-1';

/** A run of one phase. */
async function startWith(
  entries: readonly string[],
  options: SandboxOptions = {},
  ...flags: readonly string[]
): Promise<string> {
  sandbox = await Sandbox.create({ config: QUICK, ...options, script: scriptOf(...entries) });
  return (await start(sandbox, designOf('Only'), ...flags)).runId;
}

describe('the same design', () => {
  const held = [ONE_TASK, entry('role: implementer', ...hold('work'), ...workOn('a.txt'))];

  test('G03 started twice at once is one run', async () => {
    sandbox = await Sandbox.create({ script: scriptOf(...held), config: QUICK });
    const path = await sandbox.write('docs/sample-design.md', designOf('Only'));
    const both = await Promise.all([1, 2].map(() => sandbox.tina('orchestrate', path, '--detach', '--json')));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const answers = both.map(
      ({ stdout }) => (JSON.parse(stdout) as { started: { runId: string; outcome: string } }).started,
    );
    expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual(['found', 'started']);
    expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
    expect(await sandbox.json('runs')).toHaveLength(1);
  });

  test('asked for again is followed, resumed when it was paused, and says when the file has changed', async () => {
    const runId = await startWith(held);
    await sandbox.reached('work');
    const path = 'docs/sample-design.md';
    const again = sandbox.follow('orchestrate', path, '--policy', 'strict');
    await again.says(`Run ${runId} is under way already; this follows it.`);

    await sandbox.tina('pause', 'sample');
    await sandbox.write(path, designOf('Only', 'Another'));
    const resumed = await sandbox.tina('orchestrate', path, '--detach');
    expect(resumed.stdout).toContain(`Run ${runId} was paused and goes on.`);
    expect(resumed.stderr).toContain('has changed since; the run follows the design as it was');

    const taken = await sandbox.tina('orchestrate', path, '--new', '--detach');
    expect(taken.code).toBe(1);
    expect(taken.stderr).toContain(`Run ${runId} has the branch tina/sample already.`);
    const other = await sandbox.tina('orchestrate', path, '--new', '--feature', 'other', '--detach');
    expect(other.code).toBe(0);
    expect((await runOf(sandbox, 'other')).phases).toHaveLength(2);

    await sandbox.release('work');
    const followed = await again.ended;
    expect(followed.code).toBe(0);
    expect(followed.stdout).toContain('sample is merged into main');
    expect(followed.stderr).toContain('Without effect, because the design has a run');
    expect((await runOf(sandbox, runId)).phases).toHaveLength(1);
  });
});

test('G04 a feature that two runs have is an error that lists their ids', async () => {
  const script = scriptOf(entry('role: validator', ...hold('design')));
  sandbox = await Sandbox.create({ script });
  const other = await sandbox.beside('other', { script });
  const { runId: here } = await start(sandbox, designOf('Only'));
  const { runId: there } = await start(other, designOf('Only'));
  const { code, stderr } = await sandbox.tina('status', 'sample');
  expect(code).toBe(1);
  expect(stderr).toContain('2 runs have the feature sample: name one by its id.');
  for (const id of [here, there]) expect(stderr).toContain(id);
  expect(await sandbox.json('status')).toMatchObject({ id: here });
  expect(await other.json('status')).toMatchObject({ id: there, repository: other.repository });
  expect((await sandbox.tina('cancel', 'sample')).code).toBe(1);
  expect((await runOf(sandbox, here)).status).toBe('validating');
});

test('wait ends with 0 complete, 1 blocked or cancelled, 2 after its time, 3 when there is no such run', async () => {
  await startWith([
    ONE_TASK,
    entry('role: implementer, attempt: 1', ...hold('work'), 'authentication'),
    entry('role: implementer', ...workOn('a.txt')),
  ]);
  await sandbox.reached('work');
  const late = await sandbox.tina('wait', 'sample', '--timeout', '100ms');
  expect(late.code).toBe(2);
  expect(late.stderr).toContain('It goes on.');
  const nobody = await sandbox.tina('wait', 'nobody');
  expect(nobody.code).toBe(3);
  expect(nobody.stderr).toContain('There is no run nobody.');
  await sandbox.release('work');
  expect((await sandbox.tina('wait', 'sample')).code).toBe(1);
  await sandbox.tina('retry', `sample/${FIRST}`);
  expect((await sandbox.tina('wait', 'sample', '--timeout', '60s')).code).toBe(0);
});

test('Ctrl-C ends the following, not the run, and says how to come back', async () => {
  sandbox = await Sandbox.create({
    script: scriptOf(ONE_TASK, entry('role: implementer', ...hold('work'), ...workOn('a.txt'))),
  });
  const path = await sandbox.write('docs/sample-design.md', designOf('Only'));
  const following = sandbox.follow('orchestrate', path, '--finalize', 'merge');
  await sandbox.reached('work');
  following.interrupt();
  const { code, stdout } = await following.ended;
  expect(code).toBe(130);
  const { id } = await runOf(sandbox);
  expect(stdout).toContain(`The run goes on. Come back with:  tina watch ${id}`);
  const watching = sandbox.follow('watch');
  await sandbox.release('work');
  const watched = await watching.ended;
  expect(watched.code).toBe(0);
  expect(watched.stdout).toContain('sample is merged into main');
});

test('G24 events that are read in pieces are exactly those that are read in one go', async () => {
  const runId = await startWith([
    ONE_AFTER_THE_OTHER,
    entry('role: implementer, task: 1', ...hold('one'), ...workOn('a.txt')),
    entry('role: implementer, task: 2', ...workOn('b.txt')),
  ]);
  const whole = sandbox.follow('events', runId, '--follow', '--json');
  const piece = sandbox.follow('events', runId, '--follow', '--json');
  await sandbox.reached('one');
  await until('some are read', () => piece.jsonLines().length > 20);
  piece.interrupt();
  expect((await piece.ended).code).toBe(130);
  const before = piece.jsonLines<EventView>();
  await sandbox.release('one');
  const after = String(before.at(-1)?.number);
  const rest = sandbox.follow('events', runId, '--follow', '--after', after, '--json');
  expect(await sandbox.wait(runId)).toBe(0);
  await until(
    'the last event is written',
    async () => (await eventsOf(sandbox, runId)).at(-1)?.type === 'slots.removed',
  );

  const all = await eventsOf(sandbox, runId);
  await until('both have read all', () =>
    [whole.jsonLines().length, before.length + rest.jsonLines().length].every(
      (count) => count === all.length,
    ),
  );
  for (const following of [whole, rest]) following.interrupt();
  await Promise.all([whole.ended, rest.ended]);
  expect(whole.jsonLines()).toEqual(all);
  expect([...before, ...rest.jsonLines()]).toEqual(all);
  expect(await sandbox.jsonLines('events', runId, '--after', after)).toEqual(all.slice(before.length));
  expect(all.map((event) => event.number)).toEqual(all.map((_, index) => index + 1));
});

describe('every reading command', () => {
  /** The same value, read by the contract's schema: nothing is missing, nothing is beside it. */
  const fits = (name: ProcedureName, value: unknown): void =>
    expect(procedures[name].output.parse(value)).toEqual(value);

  test('prints with --json what the contract says', async () => {
    const runId = await startWith([
      entry('role: planner', planOf('{ title: one, files: [1.txt], review: spec }')),
      entry(
        'role: spec-reviewer, attempt: 1',
        'report: { kind: review, verdict: gaps, findings: [it is too short] }',
      ),
      entry('role: implementer', 'write: { path: 1.txt, append: "more\\n" }', 'commit: Add more'),
    ]);
    const following = await sandbox.follow('watch', '--json').ended;
    expect(following.code).toBe(0);
    const lines = following.stdout.trim().split('\n');
    const last = JSON.parse(lines.pop() ?? '') as { run: unknown };
    fits('run.get', last.run);
    for (const line of lines) fits('event.watch', (JSON.parse(line) as { event: unknown }).event);

    const { id } = await firstAttemptOf(sandbox, FIRST);
    fits('run.list', await sandbox.json('runs'));
    fits('run.get', await sandbox.json('status'));
    fits('run.get', await sandbox.json('wait', runId));
    fits('task.list', await sandbox.json('tasks', runId));
    fits('task.get', await sandbox.json('task', `sample/${FIRST}`));
    fits('event.list', await eventsOf(sandbox));
    fits('timeline.list', await sandbox.jsonLines('events', '--actions'));
    fits('action.list', await sandbox.jsonLines('actions'));
    fits('run.verify', await sandbox.json('verify', '--all'));
    fits('run.cleanup', await sandbox.json('cleanup', '--dry-run'));
    const { output, ...attempt } = await sandbox.json<{ output: string }>('logs', id);
    fits('attempt.get', attempt);
    expect(output).toContain('implementer');
    const { running, ...daemon } = await sandbox.json<{ running: boolean }>('daemon', 'status');
    expect(running).toBe(true);
    fits('daemon.status', daemon);
  });

  test('prints an error with --json as one line with its code, place and what to type', async () => {
    sandbox = await Sandbox.create();
    for (const args of [
      ['status'],
      ['task', 'nothing'],
      ['logs', 'nothing'],
      ['wait', 'nobody'],
      ['nonsense'],
    ]) {
      const { stdout, stderr } = await sandbox.tina(...args, '--json');
      expect(stdout).toBe('');
      const { error } = JSON.parse(stderr) as { error: ErrorData };
      expect(error).toMatchObject({
        code: expect.stringMatching(/^[a-z_]+$/),
        message: expect.stringMatching(/./),
        next: expect.arrayContaining([expect.stringContaining('tina ')]),
      });
      expect(error.place?.file ?? null).toBe(args[0] === 'status' ? sandbox.repository : null);
    }
  });

  test('starts no work beyond the daemon, and `daemon status` not even that', async () => {
    sandbox = await Sandbox.create();
    expect(await sandbox.tina('daemon', 'status')).toMatchObject({ code: 1 });
    expect(existsSync(sandbox.home)).toBe(false);
    expect((await sandbox.tina('runs')).code).toBe(0);
    expect(await sandbox.processes()).toHaveLength(1);
  });
});

test('an attempt can be looked into while it works, and its log ends with it', async ({ skip }) => {
  skip(!existsSync('/usr/bin/script') || !existsSync('/usr/bin/tmux'), 'needs script and tmux');
  await startWith([
    ONE_TASK,
    entry('role: implementer', 'say: I am at work', ...hold('work'), ...workOn('a.txt')),
  ]);
  await sandbox.reached('work');
  const { id, session } = await firstAttemptOf(sandbox, FIRST);
  const logs = sandbox.follow('logs', id, '--follow');
  await logs.says('I am at work');
  expect((await sandbox.tina('logs', id)).stdout).toContain('I am at work');

  const { attachCommand } = await sandbox.json<{ attachCommand: readonly string[] }>('logs', id);
  expect(attachCommand).toContain('attach-session');
  const attached = sandbox.begin('script', ['-qefc', `tina attach ${id}`, '/dev/null'], {
    env: { TERM: 'xterm' },
  });
  await attached.says('I am at work');
  const server = ['-S', join(sandbox.home, 'state/tmux.sock')];
  expect((await sandbox.run('tmux', [...server, 'detach-client', '-s', String(session)])).code).toBe(0);
  expect((await attached.ended).code).toBe(0);

  await sandbox.release('work');
  expect(await logs.ended).toMatchObject({ code: 0, stderr: '' });
  expect(await sandbox.wait('sample')).toBe(0);
  const late = await sandbox.tina('attach', id);
  expect(late.code).toBe(1);
  expect(late.stderr).toContain(`next: tina logs ${id}`);
});
