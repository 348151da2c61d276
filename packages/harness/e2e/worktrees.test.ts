import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  designOf,
  entry,
  eventsOf,
  hold,
  planOf,
  play,
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
const ONE_TASK = entry('role: planner', planOf('{ title: one, files: [1.txt] }'));
const FOUR_TASKS = entry(
  'role: planner',
  planOf(...[1, 2, 3, 4].map((number) => `{ title: task ${number}, files: [${number}.txt] }`)),
);
const WELL = entry('role: implementer', ...workOn('{task}.txt'));
/** The repository's own git folder: what a command in any worktree can write to without changing a file. */
const GIT = '"$(git rev-parse --path-format=absolute --git-common-dir)"';

describe('the set-up command', () => {
  test('runs once in each slot, however many attempts work there', async () => {
    sandbox = await Sandbox.create({
      script: scriptOf(FOUR_TASKS, WELL),
      config: `${QUICK}setup: 'echo "$PWD" >>${GIT}/setups'\nlimits: { parallelAgents: 2 }\n`,
    });
    expect((await play(sandbox, designOf('Only'))).code).toBe(0);
    const slots = (await sandbox.read('.git/setups'))
      .trim()
      .split('\n')
      .map((path) => basename(path));
    expect(slots).toHaveLength(2);
    expect(new Set(slots)).toEqual(new Set(['slot-1', 'slot-2']));
  });

  test('that fails blocks the run with its output, before any agent works', async () => {
    sandbox = await Sandbox.create({
      script: scriptOf(FOUR_TASKS, WELL),
      config: `${QUICK}setup: "echo the registry is away; exit 4"\n`,
    });
    const { code, run } = await play(sandbox, designOf('Only'));
    expect(code).toBe(1);
    expect(run.blocked).toMatchObject([{ taskName: 'setup-worktree', code: 'setup_failed' }]);
    expect(run.blocked[0]?.output).toContain('the registry is away');
    const { stdout } = await sandbox.tina('status', 'sample');
    for (const text of ['echo the registry is away; exit 4', 'exit code 4', 'tina retry']) {
      expect(stdout).toContain(text);
    }
    const roles = (await eventsOf(sandbox)).flatMap(({ type, data }) =>
      type === 'attempt.requested' ? [data['role']] : [],
    );
    expect(roles).toEqual(['validator']);
  });
});

describe('a worktree', () => {
  const files = {
    '.gitignore': '.env\nnode_modules\n',
    'package.json': '{ "scripts": { "install": "touch installed", "postinstall": "touch installed" } }\n',
  };

  test('brings along what the configuration includes, and the task does not commit it', async () => {
    sandbox = await Sandbox.create({
      script: scriptOf(
        ONE_TASK,
        entry('role: implementer', 'run: grep -q s3cret .env', ...workOn('1.txt')),
        entry('role: reviewer', 'run: grep -q s3cret .env'),
      ),
      config: `${QUICK}worktrees: { include: [.env] }\n`,
      files,
    });
    await sandbox.write('.env', 'TOKEN=s3cret\n');
    const { code, task } = await play(sandbox, designOf('Only'));
    expect(code).toBe(0);
    expect((await task('phase-1-task-1')).allAttempts).toHaveLength(1);
    expect(await sandbox.git('ls-tree', '-r', '--name-only', 'main')).not.toContain('.env');
  });

  test('has nothing brought along or installed that nobody asked for', async () => {
    sandbox = await Sandbox.create({
      script: scriptOf(
        ONE_TASK,
        entry(
          'role: implementer',
          'run: test ! -e .env && test ! -e node_modules && test ! -e installed',
          ...workOn('1.txt'),
        ),
      ),
      config: QUICK,
      files,
    });
    await sandbox.write('.env', 'TOKEN=s3cret\n');
    expect((await play(sandbox, designOf('Only'))).code).toBe(0);
    expect(existsSync(join(sandbox.repository, 'node_modules'))).toBe(false);
  });

  test.each([
    ['an absolute path', (path: string) => join(path, 'elsewhere')],
    ['a path from the project', () => '../elsewhere'],
  ])('lies where the configuration says by %s, and is gone after the run', async (_, rootIn) => {
    sandbox = await Sandbox.create({
      script: scriptOf(ONE_TASK, entry('role: implementer', ...hold('work'), ...workOn('1.txt'))),
      userConfig: `worktrees: { root: ${rootIn('/nowhere')} }\n`,
      config: QUICK,
    });
    await sandbox.write(
      '../home/config/config.yaml',
      `version: 1\nworktrees: { root: ${rootIn(sandbox.path)} }\n`,
    );
    const { runId } = await start(sandbox, designOf('Only'));
    await sandbox.reached('work');
    const elsewhere = join(sandbox.path, 'elsewhere');
    expect(await sandbox.git('worktree', 'list')).toContain(`${elsewhere}/${runId}/slot-1`);
    expect(await readdir(join(sandbox.home, 'state/worktrees'))).toEqual([]);
    await sandbox.release('work');
    expect(await sandbox.wait('sample')).toBe(0);
    await until('the worktree is gone', () => !existsSync(join(elsewhere, runId)));
    expect(await sandbox.git('worktree', 'list')).not.toContain('\n');
  });
});

describe('G27 as many agents work at the same time', () => {
  /** Each notes how many there are when it has come, itself included, and gives a second one the time to come as well. */
  const count = (folder: string): readonly string[] => [
    `run: 'mkdir -p ${folder}/now && touch ${folder}/now/$TINA_ATTEMPT && ls ${folder}/now | wc -l >>${folder}/counts'`,
    `run: 'for i in 1 2 3 4 5 6 7 8 9; do [ $(ls ${folder}/now | wc -l) -gt 1 ] && break; sleep 0.1; done'`,
    'sleep: 100ms',
    `run: rm ${folder}/now/$TINA_ATTEMPT`,
  ];
  const most = async (of: Sandbox, path: string): Promise<number> =>
    Math.max(...(await of.read(path)).trim().split('\n').map(Number));

  test('as limits.parallelAgents says', async () => {
    sandbox = await Sandbox.create({
      script: scriptOf(FOUR_TASKS, entry('role: implementer', ...count(GIT), ...workOn('{task}.txt'))),
      config: `${QUICK}limits: { parallelAgents: 2 }\n`,
    });
    expect((await play(sandbox, designOf('Only'))).code).toBe(0);
    expect(await most(sandbox, '.git/counts')).toBe(2);
    expect((await runOf(sandbox)).parallelAgents).toBe(2);
  });

  test('as limits.machineAgents says, over the runs of two repositories, which go on side by side', async () => {
    sandbox = await Sandbox.create({ userConfig: 'limits: { machineAgents: 2 }\n' });
    const folder = `${sandbox.path}/agents`;
    const script = scriptOf(
      ...['validator', 'reviewer'].map((role) => entry(`role: ${role}`, ...count(folder))),
      entry(
        'role: planner',
        ...count(folder),
        planOf('{ title: one, files: [1.txt] }', '{ title: two, files: [2.txt] }'),
      ),
      entry('role: implementer', ...count(folder), ...workOn('{task}.txt')),
    );
    const [left, right] = [
      await sandbox.beside('left', { script, config: QUICK }),
      await sandbox.beside('right', { script, config: QUICK }),
    ];
    const runs = [await start(left, designOf('Only')), await start(right, designOf('Only'))];
    const ends = await Promise.all(runs.map(({ runId }) => sandbox.wait(runId)));
    expect(ends).toEqual([0, 0]);
    expect(await most(sandbox, '../agents/counts')).toBe(2);
    const [first, second] = await Promise.all(runs.map(({ runId }) => runOf(sandbox, runId)));
    expect(first?.createdAt).toBeLessThan(Number(second?.endedAt));
    expect(second?.createdAt).toBeLessThan(Number(first?.endedAt));
    for (const repository of [left, right]) {
      expect(await repository.git('ls-tree', '--name-only', 'main')).toContain('1.txt\n2.txt');
    }
  });

  test('G15 as limits.machineAgents says, also when several wake from a limit', async () => {
    sandbox = await Sandbox.create({ userConfig: 'limits: { machineAgents: 1 }\n' });
    const folder = `${sandbox.path}/agents`;
    const script = scriptOf(
      ONE_TASK,
      entry('role: implementer, turn: 1', 'limit: { resetIn: 2s }'),
      entry('role: implementer, turn: 2', ...count(folder), ...workOn('1.txt')),
    );
    const repositories = [
      await sandbox.beside('left', { script, config: QUICK }),
      await sandbox.beside('right', { script, config: QUICK }),
    ];
    const runs: string[] = [];
    for (const repository of repositories) runs.push((await start(repository, designOf('Only'))).runId);
    expect(await Promise.all(runs.map((run) => sandbox.wait(run)))).toEqual([0, 0]);
    const counts = (await sandbox.read('../agents/counts')).trim().split('\n').map(Number);
    expect(counts).toEqual([1, 1]);
  });
});
