import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { RunSummaryView, RunView, VerifyView } from '@tina/contract';
import { designOf, entry, planOf, Sandbox, scriptOf, start, until, workOn } from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const PATIENCE_MS = 240_000;
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

async function expectNothingLeft(): Promise<void> {
  await until('the worktrees are gone', async () => !(await sandbox.git('worktree', 'list')).includes('\n'));
  expect(await readdir(join(sandbox.home, 'state/worktrees'))).toEqual([]);
  expect(await sandbox.processesWith('launch.json')).toEqual([]);
  expect(await sandbox.processesWith('scripted-agent')).toEqual([]);
  expect(await sandbox.git('for-each-ref', '--format=%(refname)', 'refs/heads/tina-attempt')).toBe('');
}

async function expectClean(runs: number): Promise<void> {
  const views = await sandbox.json<readonly VerifyView[]>('verify', '--all');
  expect(views.map(({ clean, problems }) => [clean, problems])).toEqual(numbers(runs).map(() => [true, []]));
}

test('a design with 8 phases and 60 tasks runs to its end', { timeout: PATIENCE_MS }, async () => {
  const sizes = [7, 8, 7, 8, 7, 8, 7, 8];
  // Chains of three beside each other, so that there is both an order to keep and something to do at the same time.
  const planned = (size: number): readonly string[] =>
    numbers(size).map((task) => {
      const dependsOn = task % 3 === 1 ? '' : `, dependsOn: "${task - 1}"`;
      return `{ title: task ${task}, files: ["{phase}/${task}.txt"]${dependsOn} }`;
    });
  sandbox = await Sandbox.create({
    script: scriptOf(
      ...sizes.map((size, index) => entry(`role: planner, phase: "${index + 1}"`, planOf(...planned(size)))),
      entry('role: implementer', ...workOn('{phase}/{task}.txt')),
    ),
  });
  const design = designOf(...sizes.map((size) => `${size} tasks`));
  await start(sandbox, design, '--parallel', '4');
  await until('it is over', async () => (await sandbox.wait('sample', '60s')) !== 2, PATIENCE_MS);

  const run = await sandbox.json<RunView>('status', 'sample');
  expect(run.status).toBe('complete');
  const tasks = run.tasks.filter(({ kind }) => kind === 'phase-task');
  expect(tasks).toHaveLength(60);
  expect(run.tasks.every(({ status }) => status === 'completed')).toBe(true);
  expect(tasks.every(({ attempts }) => attempts === 1)).toBe(true);
  const expected = sizes.flatMap((size, index) => numbers(size).map((task) => `${index + 1}/${task}.txt`));
  const files = (await sandbox.git('ls-tree', '-r', '--name-only', 'main')).split('\n');
  expect(files).toEqual(expect.arrayContaining(expected));
  await expectClean(1);
  await expectNothingLeft();
});

test(
  'eight runs that land at the same time in one repository come in one after the other',
  { timeout: PATIENCE_MS },
  async () => {
    const features = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta'];
    const all = <T>(value: T): readonly T[] => features.map(() => value);
    sandbox = await Sandbox.create({
      script: scriptOf(
        entry(
          'role: planner',
          planOf('{ title: one, files: ["{feature}/1.txt"] }', '{ title: two, files: ["{feature}/2.txt"] }'),
        ),
        entry('role: implementer', ...workOn('{feature}/{task}.txt')),
      ),
      // As long as it takes, another run has the time to land.
      config: 'checks: [{ name: whole, command: "test -f README.md && sleep 0.4", at: [finalize] }]\n',
    });
    const designs = await Promise.all(
      features.map((feature) => sandbox.write(`docs/${feature}-design.md`, designOf('Only'))),
    );
    const started = await Promise.all(
      designs.map((design) => sandbox.tina('orchestrate', design, '--finalize', 'ask', '--detach')),
    );
    expect(started.map(({ code }) => code)).toEqual(all(0));
    await until(
      'all of them ask what becomes of their branch',
      async () => {
        const runs = await sandbox.json<readonly RunSummaryView[]>('runs');
        return runs.filter(({ status }) => status === 'finalizing').length === features.length;
      },
      PATIENCE_MS,
    );
    await Promise.all(features.map((feature) => sandbox.tina('finalize', feature, '--merge')));
    expect(await Promise.all(features.map((feature) => sandbox.wait(feature)))).toEqual(all(0));

    const runs = await sandbox.json<readonly RunSummaryView[]>('runs');
    expect(new Set(runs.map(({ feature, status }) => `${feature} ${status}`))).toEqual(
      new Set(features.map((feature) => `${feature} complete`)),
    );
    const files = (await sandbox.git('ls-tree', '-r', '--name-only', 'main')).split('\n');
    const expected = features.flatMap((feature) => [`${feature}/1.txt`, `${feature}/2.txt`]);
    expect(files).toEqual(expect.arrayContaining(expected));
    expect(await sandbox.git('status', '--porcelain', '--untracked-files=no')).toBe('');
    for (const feature of features)
      await sandbox.git('merge-base', '--is-ancestor', `tina/${feature}`, 'main');
    await expectClean(features.length);
    await expectNothingLeft();
  },
);
