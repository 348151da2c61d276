import { spawnSync } from 'node:child_process';
import { chown, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { AttemptView, RunView } from '@tina/contract';
import {
  designOf,
  entry,
  hold,
  type Outcome,
  planOf,
  play,
  Sandbox,
  type SandboxOptions,
  scriptOf,
  start,
  revisionAtWork,
  until,
  workOn,
} from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const ONE_TASK = scriptOf(
  entry('role: planner', planOf('{ title: one, files: [a.txt] }')),
  entry('role: implementer', ...workOn('a.txt')),
);
const HELD = scriptOf(entry('role: validator', ...hold('design')));
const DESIGN = 'docs/sample-design.md';

/** One error: what, where and why, and what to type. */
function expectRefusal({ code, stdout, stderr }: Outcome, texts: readonly string[], exitCode = 1): void {
  expect(stderr).toMatch(/^error: \S/);
  for (const text of texts) expect(stderr).toContain(text);
  expect(stderr.match(/^error: /gm)).toHaveLength(1);
  expect(stderr).toMatch(/^next: \S/m);
  expect(stderr).not.toContain('Tina made a mistake');
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
}

/** Neither run nor branch nor worktree nor attempt nor any process but the daemon. */
async function expectNothingDone(branches = 'main'): Promise<void> {
  expect(await sandbox.json('runs')).toEqual([]);
  expect(await sandbox.git('for-each-ref', '--format=%(refname:lstrip=2)')).toBe(branches);
  expect(await sandbox.git('worktree', 'list')).not.toContain('\n');
  for (const folder of ['attempts', 'worktrees', 'checks']) {
    expect(await readdir(join(sandbox.home, 'state', folder))).toEqual([]);
  }
  await until('the daemon is alone', async () => (await sandbox.processes()).length === 1);
}

async function createWithDesign(options: SandboxOptions = {}): Promise<void> {
  sandbox = await Sandbox.create({ script: ONE_TASK, ...options });
  await sandbox.write(DESIGN, designOf('Only'));
}

describe('G31 a repository in which no run can start is refused', () => {
  test('when there is none, or none with a commit', async () => {
    await createWithDesign();
    const cwd = join(sandbox.path, 'user');
    await writeFile(join(cwd, 'sample-design.md'), designOf('Only'));
    const none = await sandbox.tinaAt({ cwd }, 'orchestrate', 'sample-design.md');
    expectRefusal(none, ['in no git repository', `at ${cwd}`, 'git init']);
    await sandbox.git('init', '--quiet', cwd);
    const empty = await sandbox.tinaAt({ cwd }, 'orchestrate', 'sample-design.md');
    expectRefusal(empty, ['no commit yet', `at ${cwd}`, 'git commit']);
    await expectNothingDone();
  });

  test('when no branch is checked out, unless one is named', async () => {
    await createWithDesign({ script: HELD });
    await sandbox.git('checkout', '--quiet', '--detach');
    const refused = await sandbox.tina('orchestrate', DESIGN);
    expectRefusal(refused, ['No branch is checked out', '--base <branch>']);
    await expectNothingDone();
    expect((await sandbox.tina('orchestrate', DESIGN, '--base', 'main', '--detach')).code).toBe(0);
  });

  test('when something is not committed, unless the last commit is meant', async () => {
    await createWithDesign({ script: HELD });
    await sandbox.write('README.md', '# Half of a thought\n');
    const refused = await sandbox.tina('orchestrate', DESIGN);
    expectRefusal(refused, ['uncommitted changes', 'README.md', '--base main']);
    await expectNothingDone();
    expect((await sandbox.tina('orchestrate', DESIGN, '--base', 'main', '--detach')).code).toBe(0);
    expect(await sandbox.read('README.md')).toBe('# Half of a thought\n');
  });

  test('when there is no such base', async () => {
    await createWithDesign();
    const refused = await sandbox.tina('orchestrate', DESIGN, '--base', 'mian');
    expectRefusal(refused, ['There is no branch "mian"', 'there is: main', '--base main']);
    await expectNothingDone();
  });

  test('when git is not there', async () => {
    await createWithDesign({ without: ['git'] });
    expectRefusal(await sandbox.tina('orchestrate', DESIGN), ['git was not found on PATH', 'tina doctor']);
    await expectNothingDone();
    const doctor = await sandbox.tina('doctor');
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toContain('git');
  });

  test('when git is too old', async () => {
    await createWithDesign({ programs: { git: 'echo git version 2.30.1' } });
    const refused = await sandbox.tina('orchestrate', DESIGN);
    expectRefusal(refused, ['git 2.30.1 is too old', 'needs 2.38 or newer', 'install a newer git']);
    await expectNothingDone();
  });
});

describe('G31 a design that cannot be run is refused', () => {
  const text = (content: string) => (path: string) => writeFile(path, content);
  test.each([
    ['that is not there', null, ['There is no such design.']],
    ['that is a folder', (path: string) => mkdir(path), ['is a folder, not a file']],
    ['that is empty', text(''), ['The design is empty.', '## Phase 1: <title>']],
    ['that is blank', text(' \n\n'), ['The design is empty.']],
    ['that is not UTF-8', (path: string) => writeFile(path, Buffer.from([0x23, 0xff, 0xfe])), ['not UTF-8']],
    [
      'of 50 MB',
      (path: string) => writeFile(path, Buffer.alloc(50_000_000, 'a\n')),
      ['50.0 MB', 'at most 5 MB'],
    ],
    ['without phases', text('# A design\n\nNo more.\n'), ['has no phase', '## Phase 1: Title']],
    ['with phases 1 and 3', text('## Phase 1: A\n\na\n\n## Phase 3: C\n\nc\n'), [':5', 'Phase 2']],
    ['with a phase twice', text('## Phase 1: A\n\na\n\n## Phase 1: B\n\nb\n'), [':5', 'Phase 1']],
  ] as const)('%s', async (_, make, texts) => {
    sandbox = await Sandbox.create({ script: ONE_TASK });
    const path = join(sandbox.repository, 'sample-design.md');
    await make?.(path);
    expectRefusal(await sandbox.tina('orchestrate', 'sample-design.md'), [path, ...texts]);
    await expectNothingDone();
  });
});

describe('G31 a name that is taken is refused', () => {
  test('when the branch is there, or one that git cannot keep beside it', async () => {
    await createWithDesign();
    await sandbox.git('branch', 'tina/sample');
    const refused = await sandbox.tina('orchestrate', DESIGN);
    expectRefusal(refused, ['The branch tina/sample exists', '--feature', 'git branch -m tina/sample']);
    await sandbox.git('branch', '-m', 'tina/sample', 'tina');
    expectRefusal(await sandbox.tina('orchestrate', DESIGN), ['tina', '--feature']);
    await expectNothingDone('main\ntina');
  });

  test('when another run that has not ended works on it', async () => {
    await createWithDesign({ script: HELD });
    const { runId } = await start(sandbox, designOf('Only'));
    const other = await sandbox.write('docs/other-design.md', designOf('Only'));
    const refused = await sandbox.tina('orchestrate', other, '--feature', 'sample');
    expectRefusal(refused, [`Run ${runId} has the branch tina/sample already`, `tina status ${runId}`]);
    expect(await sandbox.json('runs')).toHaveLength(1);
  });

  test('when it cannot be the name of a branch', async () => {
    await createWithDesign();
    const bad = await sandbox.tina('orchestrate', DESIGN, '--feature', 'No Such Thing');
    expectRefusal(bad, ['"No Such Thing" cannot be', 'such as user-login'], 2);
    const none = await sandbox.write('2026-01-01-design.md', designOf('Only'));
    expectRefusal(await sandbox.tina('orchestrate', none), ['No feature', '--feature <name>'], 2);
    await expectNothingDone();
  });
});

describe('G31 a configuration with mistakes is refused', () => {
  const VALID =
    'version: 1\nagents: { default: scripted, scripted: { kind: scripted, script: script.yaml } }\n';
  test.each([
    ['an unknown key', 'limits: { paralelAgents: 3 }\n', ['config.yaml:3:11', 'did you mean parallelAgents']],
    ['a wrong type', 'limits:\n  parallelAgents: many\n', ['config.yaml:4:19', 'limits.parallelAgents']],
    ['broken YAML', 'checks: [{ name: test\n', ['config.yaml:']],
    ['a duration that is none', 'retries: { backoff: soon }\n', ['config.yaml:3:21', '10m']],
    [
      'several mistakes, all told at once',
      'setup: 3\nfinalise: ask\n',
      ['config.yaml:3:8', 'config.yaml:4:1', 'did you mean finalize'],
    ],
  ])('%s', async (_, yaml, texts) => {
    await createWithDesign();
    const path = await sandbox.write('.tina/config.yaml', `${VALID}${yaml}`);
    await sandbox.commit('Configure');
    expectRefusal(await sandbox.tina('orchestrate', DESIGN), [path, ...texts]);
    const config = await sandbox.tina('config');
    expect(config.code).toBe(1);
    expect(config.stderr).toContain(texts[0]);
    await expectNothingDone();
  });

  test("also when it is the user's own", async () => {
    await createWithDesign({ userConfig: 'limits: { machineAgents: none }\n' });
    const path = join(sandbox.home, 'config/config.yaml');
    expectRefusal(await sandbox.tina('orchestrate', DESIGN), [`${path}:2:26`, 'limits.machineAgents']);
    await expectNothingDone();
  });
});

describe('G31 an agent that cannot work is refused', () => {
  test('when no such agent is configured', async () => {
    await createWithDesign();
    const refused = await sandbox.tina('orchestrate', DESIGN, '--agent', 'nobody');
    expectRefusal(refused, ['There is no agent nobody', 'configured: scripted', 'tina config']);
    await expectNothingDone();
  });

  test('when none is configured at all, with the agent programs that are here and how to choose one', async () => {
    await createWithDesign({ programs: { codex: 'exit 0', claude: 'exit 0' } });
    await sandbox.write('.tina/config.yaml', 'version: 1\n');
    await sandbox.commit('Configure nothing');
    const refused = await sandbox.tina('orchestrate', DESIGN);
    const bin = join(sandbox.path, 'bin');
    expectRefusal(refused, ['No agent is configured.', `${bin}/claude`, `${bin}/codex`, 'tina init --write']);
    await expectNothingDone();
  });

  test('when its script names an unknown step, with line and column, or is not there', async () => {
    await createWithDesign({
      script: 'version: 1\nentries:\n  - do:\n      - wriet: { path: a, content: b }\n',
    });
    const path = join(sandbox.repository, 'script.yaml');
    const refused = await sandbox.tina('orchestrate', DESIGN);
    expectRefusal(refused, ['unknown step "wriet"', `${path}:4:9`, 'docs/scripted-agent.md']);
    await sandbox.git('rm', '--quiet', 'script.yaml');
    await sandbox.commit('Without a script');
    expectRefusal(await sandbox.tina('orchestrate', DESIGN), [path, 'tina doctor']);
    await expectNothingDone();
  });
});

describe('the daemon', () => {
  test('G31 is refused when one runs already, which goes on', async () => {
    sandbox = await Sandbox.create();
    await sandbox.tina('daemon', 'start');
    const [pid] = await sandbox.processes();
    const second = await sandbox.tina('daemon', 'run');
    expectRefusal(
      second,
      ['A daemon runs already', `process ${pid}`, 'daemon.lock', 'tina daemon status'],
      75,
    );
    expect((await sandbox.tina('daemon', 'start')).stdout).toContain(`runs already: pid ${pid}`);
    expect(await sandbox.processes()).toEqual([pid]);
  });

  test('is one, however many commands start it at once', async () => {
    sandbox = await Sandbox.create();
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => sandbox.tina('runs')));
    expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(outcomes.map(() => [0, '']));
    await until('the others are gone', async () => (await sandbox.processes()).length === 1);
  });

  test('is started anew where a socket, a lock or a file of a dead one lies in the way', async () => {
    sandbox = await Sandbox.create();
    await sandbox.tina('daemon', 'start');
    for (const pid of await sandbox.processes()) process.kill(pid, 'SIGKILL');
    await until('it is dead', async () => (await sandbox.processes()).length === 0);
    const state = join(sandbox.home, 'state');
    expect(await readdir(state)).toEqual(expect.arrayContaining(['daemon.sock', 'daemon.lock']));
    expect(await sandbox.tina('runs')).toMatchObject({ code: 0, stderr: '' });
    await sandbox.tina('daemon', 'stop');
    await writeFile(join(state, 'daemon.sock'), 'no socket');
    expect(await sandbox.tina('runs')).toMatchObject({ code: 0, stderr: '' });
  });

  test('G30 of another user is not talked to, and neither is a home of theirs used', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can give files to another user');
    sandbox = await Sandbox.create();
    await sandbox.tina('daemon', 'start');
    const state = join(sandbox.home, 'state');
    const socket = join(state, 'daemon.sock');
    await chown(socket, 65_534, 65_534);
    const refused = await sandbox.tina('runs');
    await chown(socket, 0, 0);
    expectRefusal(refused, ['belongs to another user (uid 65534; you are 0)', socket, 'TINA_HOME=']);

    await sandbox.tina('daemon', 'stop');
    await chown(state, 65_534, 65_534);
    const home = await sandbox.tina('runs');
    await chown(state, 0, 0);
    expectRefusal(home, ['state folder belongs to another user', state, 'TINA_HOME=']);
  });
});

describe('G31 a home that cannot be used is refused', () => {
  const unshare = 'unshare --map-root-user --mount';
  const cannotMount = spawnSync('sh', ['-c', `${unshare} mount -t tmpfs none /mnt`]).status !== 0;

  /** Runs `tina runs` where TINA_HOME is a small disk of its own, after the preparation. */
  function withDisk(options: string, prepare = ''): Promise<Outcome> {
    const command = `mount -t tmpfs -o ${options} none ${sandbox.home}; ${prepare} exec tina runs`;
    return sandbox.begin('sh', ['-c', `${unshare} sh -c '${command}'`]).ended;
  }

  test('when it is read-only', async ({ skip }) => {
    skip(cannotMount, 'needs unshare, to mount a small disk');
    sandbox = await Sandbox.create();
    await mkdir(sandbox.home);
    expectRefusal(await withDisk('ro'), ['read-only', sandbox.home, 'TINA_HOME=']);
    expect(await readdir(sandbox.home)).toEqual([]);
  });

  test('when its disk is full, be it before or after its folders are made', async ({ skip }) => {
    skip(cannotMount, 'needs unshare, to mount a small disk');
    sandbox = await Sandbox.create();
    await mkdir(sandbox.home);
    const fill = `head -c 1000000 /dev/zero >${sandbox.home}/filler 2>/dev/null;`;
    expectRefusal(await withDisk('size=64k', fill), ['no space left', sandbox.home, `df -h ${sandbox.home}`]);
    // Room for the folders, the id and the log, but not for the store.
    const almost = `head -c 40000 /dev/zero >${sandbox.home}/filler;`;
    expectRefusal(await withDisk('size=64k', almost), ['no space left', sandbox.home, 'df -h']);
    expect(await sandbox.processes()).toEqual([]);
  });

  test('as long as its disk is full; the run goes on when there is room again', async ({ skip }) => {
    skip(cannotMount, 'needs unshare, to mount a small disk');
    sandbox = await Sandbox.create({
      script: scriptOf(
        entry('role: planner', planOf('{ title: one, files: [a.txt] }')),
        entry('role: implementer', ...hold('work'), ...workOn('a.txt')),
      ),
    });
    await mkdir(sandbox.home);
    await sandbox.write(DESIGN, designOf('Only'));
    const steps = join(sandbox.path, 'steps.sh');
    await writeFile(
      steps,
      `mount -t tmpfs -o size=4m none ${sandbox.home}
tina orchestrate ${DESIGN} --finalize merge --detach || exit 1
until [ -e at/work ]; do sleep 0.1; done
head -c 8000000 /dev/zero >${sandbox.home}/filler 2>/dev/null
# What the store has in reserve is soon used up.
while tina pause sample && tina resume sample; do :; done >/dev/null 2>"$HOME/refusal"
tina status sample || exit 2
mkdir -p go && touch go/work
rm ${sandbox.home}/filler
tina resume sample 2>/dev/null
tina wait sample --timeout 60s || exit 3
tina verify --all && tina daemon stop`,
    );
    const { code, stdout } = await sandbox.begin('unshare', ['--map-root-user', '--mount', 'sh', steps])
      .ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('clean') });
    const refusal = await readFile(join(sandbox.path, 'user/refusal'), 'utf8');
    expectRefusal({ code: 1, stdout: '', stderr: refusal }, ['no space left', sandbox.home, 'df -h']);
    expect(await sandbox.git('show', 'main:a.txt')).toBe('done');
    // The daemon of the next command finds an empty home: what was on the small disk went with it.
    expect(await sandbox.json('runs')).toEqual([]);
  });

  test('when the path of its socket would be too long, or it is a file', async () => {
    sandbox = await Sandbox.create();
    const long = join(sandbox.path, 'x'.repeat(90));
    const refused = await sandbox.tinaAt({ env: { TINA_HOME: long } }, 'runs');
    expectRefusal(refused, ['a unix socket allows 100', long, 'TINA_HOME=<a shorter folder>']);
    const file = join(sandbox.path, 'file');
    await writeFile(file, '');
    expectRefusal(await sandbox.tinaAt({ env: { TINA_HOME: file } }, 'runs'), [file, 'TINA_HOME=']);
  });
});

describe('without a tmux that can be used, agents are plain processes and a design becomes a merged branch', () => {
  test.each([
    ['when there is none', { without: ['tmux'] }, 'tmux'],
    ['when it is too old', { programs: { tmux: 'echo tmux 2.9' } }, '2.9'],
  ])('%s', async (_, options, said) => {
    sandbox = await Sandbox.create({ script: ONE_TASK, ...options });
    const { code, run, task } = await play(sandbox, designOf('Only'));
    expect(code).toBe(0);
    expect(run.ending).toMatchObject({ kind: 'merged' });
    const [attempt] = (await task('phase-1-task-1')).allAttempts as [AttemptView];
    expect((await sandbox.tina('logs', attempt.id)).stdout).toContain('implementer');
    expect(await sandbox.processesWith('tmux')).toEqual([]);
    const doctor = await sandbox.tina('doctor');
    expect(doctor.stdout).toContain(said);
  });
});

describe('G31 what does not exist is refused', () => {
  test('be it a run, a task, a gate or an attempt, whatever is asked of it', async () => {
    await createWithDesign({ script: HELD });
    const { runId } = await start(sandbox, designOf('Only'));
    const before = await revisionAtWork(sandbox);
    const reason = ['--reason', 'x'];
    const commands: readonly (readonly [readonly string[], string])[] = [
      [['status', 'nobody'], 'There is no run nobody.'],
      [['watch', 'nobody'], 'There is no run nobody.'],
      [['tasks', 'nobody'], 'There is no run nobody.'],
      [['events', 'nobody'], 'There is no run nobody.'],
      [['pause', 'nobody'], 'There is no run nobody.'],
      [['resume', 'nobody'], 'There is no run nobody.'],
      [['cancel', 'nobody'], 'There is no run nobody.'],
      [['finalize', 'nobody', '--keep'], 'There is no run nobody.'],
      [['verify', 'nobody'], 'There is no run nobody.'],
      [['cleanup', 'nobody', '--yes'], 'There is no run nobody.'],
      // A part of an id or of a feature is neither.
      [['status', runId.slice(0, -1)], 'There is no run'],
      [['status', 'sampl'], 'There is no run sampl.'],
      [['task', 'nothing'], 'There is no task nothing.'],
      [['task', 'sample/phase-9-task-9'], 'has no task phase-9-task-9'],
      [['retry', 'sample/nothing'], 'has no task nothing'],
      [['skip', `${runId}-t99`, ...reason], `There is no task ${runId}-t99.`],
      [['approve', 'r1-g1'], 'There is no gate r1-g1.'],
      [['reject', 'r1-g1', '--comment', 'x'], 'There is no gate r1-g1.'],
      [['logs', 'r1-a1'], 'r1-a1'],
      [['attach', 'r1-a1'], 'r1-a1'],
    ];
    for (const [args, text] of commands) expectRefusal(await sandbox.tina(...args), [text]);
    expectRefusal(await sandbox.tina('wait', 'nobody'), ['There is no run nobody.'], 3);
    expect((await sandbox.json<RunView>('status', runId)).revision).toBe(before);
  });
});

describe('G31 what was typed wrong', () => {
  test.each([
    ['a command', ['orchestrat', DESIGN], 'did you mean orchestrate?'],
    ['a flag', ['orchestrate', DESIGN, '--finalise', 'keep'], '--finalise'],
    ['a choice', ['orchestrate', DESIGN, '--finalize', 'nonsense'], 'nonsense'],
    ['a policy', ['orchestrate', DESIGN, '--policy', 'lax'], 'lax'],
    ['a number', ['orchestrate', DESIGN, '--parallel', '0'], 'from 1 to 64'],
    ['a duration', ['wait', 'sample', '--timeout', 'soon'], 'such as 30s, 10m or 1h30m'],
    ['a flag that goes with another', ['events', '--actions'], '--actions goes with --json'],
    ['an event number', ['events', '--after', '-1'], 'after'],
    ['too little', ['orchestrate'], 'design.md'],
    ['too much', ['status', 'one', 'two'], 'two'],
    ['a command of the daemon', ['daemon', 'restart'], 'restart'],
    ['a reason left out', ['skip', 'sample/finalize'], 'reason'],
    ['a choice left out', ['finalize', 'sample'], '--merge, --pr, --keep, --discard'],
  ])('is refused before anything is started: %s', async (_, args, text) => {
    await createWithDesign();
    expectRefusal(await sandbox.tina(...args), [text], 2);
    expect(await sandbox.processes()).toEqual([]);
  });
});
