import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Outcome, Sandbox, type ScenarioResult, type Summary } from '@tina/harness';

let sandbox: Sandbox;
/** Where scenarios are played; nothing may be left in it. */
let playground: string;

beforeEach(async () => {
  sandbox = await Sandbox.create();
  playground = join(sandbox.path, 't');
  await mkdir(playground);
});
afterEach(() => sandbox.dispose());

/** Runs `tina harness` from a folder that is no repository. */
function harness(...args: readonly string[]): Promise<Outcome> {
  return sandbox.tinaAt({ cwd: join(sandbox.path, 'user'), env: { TMPDIR: playground } }, 'harness', ...args);
}

interface Lines {
  readonly results: readonly ScenarioResult[];
  readonly notices: readonly string[];
  readonly summary: Summary | undefined;
}

function linesOf({ stdout }: Outcome): Lines {
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  return {
    results: lines.flatMap(({ result }) => (result === undefined ? [] : [result as ScenarioResult])),
    notices: lines.flatMap(({ notice }) => (notice === undefined ? [] : [(notice as { text: string }).text])),
    summary: lines.at(-1)?.['summary'] as Summary | undefined,
  };
}

async function expectNothingLeft(): Promise<void> {
  expect(await readdir(playground)).toEqual([]);
}

test('scenarios run from any folder, come as expected, and leave a report and nothing else', async () => {
  const names = ['single-phase', 'daemon-dead', 'nothing-installed', 'retry'];
  const outcome = await harness('run', ...names, '--skip-build', '--json', '--report', 'first.html');
  expect(outcome).toMatchObject({ code: 0, stderr: '' });
  const { results, notices, summary } = linesOf(outcome);
  expect(results.map(({ scenario, failures }) => [scenario, failures])).toEqual(
    names.map((name) => [name, []]),
  );
  expect(summary).toMatchObject({
    plays: 4,
    asExpected: 4,
    meantToComplete: 3,
    finishedUnaided: 3,
    failures: {},
  });
  expect(notices).toContain('phase 1 planned: 3 tasks');
  expect(results[1]?.faults.map(({ text }) => text)).toEqual(['kill daemon', 'sleep', 'release']);
  await expectNothingLeft();

  const user = join(sandbox.path, 'user');
  expect(await readFile(join(user, 'first.html'), 'utf8')).toContain('<b class="ok">4 of 4</b>');
  expect((await harness('report')).stdout).toContain('4 of 4 as expected');
  expect(await readFile(join(user, 'harness-report.html'), 'utf8')).toContain('phase-1-task-3');
});

test('a scenario of one’s own runs as it was made, and again and again', async () => {
  const made = await harness('new', 'mine');
  expect(made.code).toBe(0);
  expect(made.stdout).toContain('next: tina harness run ./mine');
  const { code, stdout } = await harness('run', './mine', '--runs', '3', '--skip-build');
  expect(code).toBe(0);
  expect(stdout.match(/^ok complete after .*, as expected$/gm)).toHaveLength(3);
  expect(stdout).toContain('3 of 3 that are meant to end complete did so without a manual edit (100 %)');
  expect((await harness('new', 'mine')).stderr).toContain('already; nothing was written');
  await expectNothingLeft();
});

test('a failure says whose it is, with evidence and the next step', async () => {
  await harness('new', 'mine');
  const own = (path: string): string => join(sandbox.path, 'user', 'mine', path);
  const change = async (path: string, from: string, to: string): Promise<void> => {
    const text = await readFile(own(path), 'utf8');
    expect(text).toContain(from);
    await writeFile(own(path), text.replace(from, to));
  };
  const failure = async (): Promise<ScenarioResult['failures'][number] | undefined> => {
    const outcome = await harness('run', './mine', '--skip-build', '--json');
    expect(outcome.code).toBe(1);
    await expectNothingLeft();
    return linesOf(outcome).results[0]?.failures[0];
  };

  await change('scenario.yaml', 'hello.txt: hello', 'hello.txt: goodbye');
  const outcome = await failure();
  expect(outcome).toMatchObject({
    category: 'outcome',
    message: 'files.hello.txt: expected goodbye, found hello',
    next: [expect.stringContaining('tina harness run ./mine --keep')],
  });
  expect(outcome?.evidence.map(({ title }) => title)).toEqual([
    'what was found',
    expect.stringMatching(/^the last events of r/),
    'the end of daemon.log',
  ]);

  await change('script.yaml', '- commit: Say hello', '- crash: { exitCode: 3, stderr: boom }');
  expect(await failure()).toMatchObject({
    category: 'agent',
    message: expect.stringMatching(/^the implementer of phase-1-task-1 failed \(crash\): /),
  });

  await change('config.yaml', 'retries:', 'retreis:');
  expect(await failure()).toMatchObject({ category: 'set-up' });
});

test('an agent that never ends is told of by the watcher, and is the agent’s failure when time is out', async () => {
  await harness('new', 'mine');
  const own = (path: string): string => join(sandbox.path, 'user', 'mine', path);
  const text = await readFile(own('scenario.yaml'), 'utf8');
  await writeFile(
    own('scenario.yaml'),
    text.replace('timeout: 2m', 'timeout: 6s, agent: 500ms, progress: 500ms'),
  );
  const script = await readFile(own('script.yaml'), 'utf8');
  await writeFile(own('script.yaml'), script.replace('- write:', '- sleep: 1m\n      - write:'));
  const outcome = await harness('run', './mine', '--skip-build', '--json');
  const { results, notices } = linesOf(outcome);
  expect(outcome.code).toBe(1);
  expect(notices.some((notice) => notice.startsWith('no progress for '))).toBe(true);
  expect(results[0]?.failures[0]).toMatchObject({ category: 'agent' });
  expect(results[0]?.failures[0]?.message).toMatch(/has not ended after \d+ s: the \w+ of \S+ is running$/);
  await expectNothingLeft();
});

test('a mistake in a scenario is refused with file, line and column, and nothing is played', async () => {
  await harness('new', 'mine');
  const path = join(sandbox.path, 'user', 'mine', 'scenario.yaml');
  await writeFile(path, (await readFile(path, 'utf8')).replace('  status: complete', '  status: done'));
  const { code, stdout, stderr } = await harness('run', './mine', 'single-phase', '--skip-build');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`${path}:13:11: expected validating, `);
  expect(stderr).toMatch(/^next: correct it; docs\/scenarios\.md/m);
  const unknown = await harness('run', 'no-such', '--skip-build', '--json');
  expect(unknown.code).toBe(2);
  expect(JSON.parse(unknown.stderr)).toMatchObject({ error: { code: 'unknown_scenario' } });
});

test('Ctrl-C ends a scenario and leaves nothing behind', async () => {
  const place = { env: { TMPDIR: playground } };
  const command = [
    join(import.meta.dirname, '../../../bin/tina'),
    'harness',
    'run',
    'crash-at-every-stage',
    '--skip-build',
  ];
  const [program = '', ...args] = command;
  const following = sandbox.begin(program, args, place);
  await following.says('phase 1 planned');
  following.interrupt();
  const { code, stderr } = await following.ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: 'interrupted; what it made is removed\n' });
  await expectNothingLeft();
});
