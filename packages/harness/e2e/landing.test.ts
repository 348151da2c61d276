import { afterEach, describe, expect, test } from 'vitest';
import type { EventView, TaskDetailView } from '@tina/contract';
import {
  designOf,
  entry,
  eventsOf,
  hold,
  planOf,
  play,
  promptOf,
  runOf,
  Sandbox,
  scriptOf,
  start,
  taskOf,
  workOn,
} from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const QUICK = 'retries: { backoff: 50ms }\n';
const ONE_TASK = entry('role: planner', planOf('{ title: one, files: [a.txt, README.md] }'));
const HELD = entry('role: implementer', ...hold('work'), ...workOn('a.txt'));

const finalizeTask = (): Promise<TaskDetailView> => taskOf(sandbox, 'finalize');
const eventsOfType = async (type: string): Promise<readonly EventView[]> =>
  (await eventsOf(sandbox)).filter((event) => event.type === type);

test('G20 a base that moved during the run comes in first, and the checks run on what lands', async () => {
  sandbox = await Sandbox.create({
    script: scriptOf(ONE_TASK, HELD),
    // Passes on the base, and on the result when that has both.
    config: `${QUICK}checks: [{ name: both, command: "test ! -e a.txt || test -e other.txt", at: [finalize] }]\n`,
  });
  await start(sandbox, designOf('Only'));
  await sandbox.reached('work');
  await sandbox.write('other.txt', 'from somebody else\n');
  await sandbox.commit('Move on');
  const base = await sandbox.git('rev-parse', 'main');
  await sandbox.release('work');
  expect(await sandbox.wait('sample')).toBe(0);

  const landed = await sandbox.git('rev-parse', 'main');
  expect((await sandbox.git('rev-parse', 'main^@')).split('\n')).toContain(base);
  expect((await finalizeTask()).checks).toMatchObject([{ name: 'both', outcome: 'passed' }]);
  const checked = (await eventsOfType('checks.recorded')).at(-1);
  expect(checked?.data['commit']).toBe(landed);
  expect(await sandbox.read('a.txt')).toBe('done\n');
  expect(await sandbox.read('other.txt')).toBe('from somebody else\n');
  expect(await sandbox.git('status', '--porcelain', '--untracked-files=no')).toBe('');
});

test('G20 a conflict with the base goes to a resolver, and both sides land', async () => {
  sandbox = await Sandbox.create({
    config: QUICK,
    script: scriptOf(
      ONE_TASK,
      // Each side also does what the other knows nothing of, and the resolver has no part in.
      entry(
        'role: implementer',
        ...hold('work'),
        'write: { path: a.txt, content: "mine\\n" }',
        ...workOn('README.md', '# Sample, mine'),
      ),
      entry('role: resolver', 'resolve: { take: both }'),
    ),
  });
  await start(sandbox, designOf('Only'));
  await sandbox.reached('work');
  await sandbox.write('README.md', '# Sample, theirs\n');
  await sandbox.write('theirs.txt', 'theirs\n');
  await sandbox.commit('Move on');
  await sandbox.release('work');
  expect(await sandbox.wait('sample')).toBe(0);
  expect((await finalizeTask()).allAttempts.map(({ role, status }) => [role, status])).toEqual([
    ['resolver', 'succeeded'],
  ]);
  expect(await sandbox.read('README.md')).toBe('# Sample, mine\n# Sample, theirs\n');
  expect([await sandbox.read('a.txt'), await sandbox.read('theirs.txt')]).toEqual(['mine\n', 'theirs\n']);
  expect(await eventsOfType('merge.conflicted')).toHaveLength(1);
});

describe('G16 G21 a resolver of a conflict with the base', () => {
  /** Both change README.md; the resolver does these steps. */
  async function resolvedBy(...steps: readonly string[]): Promise<void> {
    sandbox = await Sandbox.create({
      config: QUICK,
      script: scriptOf(
        ONE_TASK,
        entry('role: implementer', ...hold('work'), ...workOn('README.md', '# Sample, mine')),
        entry('role: resolver', ...steps),
        entry('role: resolver, turn: 2', 'report: done'),
      ),
    });
    await start(sandbox, designOf('Only'));
    await sandbox.reached('work');
    await sandbox.write('README.md', '# Sample, theirs\n');
    await sandbox.write('theirs.txt', 'theirs\n');
    await sandbox.commit('Move on');
    await sandbox.release('work');
    expect(await sandbox.wait('sample')).toBe(1);
  }

  test.each([
    ['adds a file', ['resolve: { take: both }', 'out-of-scope: { path: evil.sh }'], 'evil.sh'],
    [
      'undoes what others did',
      ['resolve: { take: both }', 'run: git rm -q theirs.txt && git commit -q --no-verify -m Undo'],
      'theirs.txt',
    ],
  ])('that %s is sent back, then fails, and nothing of it lands', async (_, steps, file) => {
    await resolvedBy(...steps);
    const { blocked } = await runOf(sandbox);
    expect(blocked).toMatchObject([{ taskName: 'finalize', code: 'retries_spent' }]);
    const { allAttempts } = await finalizeTask();
    expect(allAttempts.map(({ turn, failure }) => [turn, failure?.kind])).toEqual([
      [2, 'no_evidence'],
      [2, 'no_evidence'],
    ]);
    expect(allAttempts[0]?.failure?.message).toContain(
      `outside the task's scope (README.md, README.md/): ${file}.`,
    );
    expect(await promptOf(sandbox, allAttempts[0])).toContain(
      'Beyond what git merges by itself, your commit may change these files alone: `README.md`',
    );
    expect(await sandbox.git('log', '-1', '--format=%s', 'main')).toBe('Move on');
    expect(await sandbox.git('ls-tree', '--name-only', 'main')).not.toContain('evil.sh');
  });

  test('cannot even commit another file with it', async () => {
    await resolvedBy('write: { path: evil.sh, content: x }', 'resolve: { take: both }');
    const { allAttempts } = await finalizeTask();
    expect(allAttempts.map(({ failure }) => failure?.kind)).toEqual(['crash', 'crash']);
    expect(allAttempts[0]?.failure?.message).toContain(
      'outside the scope of your task (README.md, README.md/)',
    );
  });
});

test('G20 uncommitted changes where the base is checked out stop the landing, and say what to type', async () => {
  sandbox = await Sandbox.create({ script: scriptOf(ONE_TASK, HELD), config: QUICK });
  await start(sandbox, designOf('Only'));
  await sandbox.reached('work');
  await sandbox.write('README.md', '# Half of a thought\n');
  // Not even known to git, and yet in the way of what lands.
  await sandbox.write('a.txt', 'mine\n');
  const before = await sandbox.git('rev-parse', 'main');
  await sandbox.release('work');
  expect(await sandbox.wait('sample')).toBe(1);

  const { blocked, status } = await runOf(sandbox);
  expect(status).toBe('blocked');
  expect(blocked).toMatchObject([{ taskName: 'finalize', code: 'checkout_dirty' }]);
  const stash = `git -C ${sandbox.repository} stash --include-untracked`;
  const { stdout } = await sandbox.tina('status', 'sample');
  for (const text of ['README.md', 'a.txt', stash, 'tina retry']) expect(stdout).toContain(text);
  expect(await sandbox.git('rev-parse', 'main')).toBe(before);
  expect(await sandbox.read('README.md')).toBe('# Half of a thought\n');
  expect(await sandbox.read('a.txt')).toBe('mine\n');

  expect((await sandbox.run('sh', ['-c', stash])).code).toBe(0);
  await sandbox.tina('retry', 'sample/finalize');
  expect(await sandbox.wait('sample')).toBe(0);
  expect(await sandbox.read('a.txt')).toBe('done\n');
  expect(await sandbox.git('show', 'stash@{0}:README.md')).toBe('# Half of a thought');
  expect(await sandbox.git('show', 'stash@{0}^3:a.txt')).toBe('mine');
});

test('G20 a base that is checked out nowhere moves alone, and the checkout of another branch stays as it is', async () => {
  sandbox = await Sandbox.create({
    config: QUICK,
    script: scriptOf(ONE_TASK, entry('role: implementer', ...workOn('a.txt'))),
  });
  await sandbox.git('switch', '--quiet', '--create', 'mine');
  await sandbox.write('README.md', '# Mine\n');
  const { run } = await play(sandbox, designOf('Only'), '--base', 'main');
  expect(run.ending).toMatchObject({ kind: 'merged', baseBranch: 'main', checkout: 'none' });
  expect(await sandbox.git('show', 'main:a.txt')).toBe('done');
  expect(await sandbox.git('symbolic-ref', '--short', 'HEAD')).toBe('mine');
  expect(await sandbox.git('status', '--porcelain', '--untracked-files=no')).toBe('M README.md');
});

test('G16 checks that fail on the result block the landing with their output, and keeping is a way out', async () => {
  sandbox = await Sandbox.create({
    script: scriptOf(ONE_TASK, entry('role: implementer', ...workOn('a.txt'))),
    config: `${QUICK}checks: [{ name: whole, command: "test ! -e a.txt || { echo a.txt is in the way; exit 3; }", at: [finalize] }]\n`,
  });
  const before = await sandbox.git('rev-parse', 'main');
  const { code, run } = await play(sandbox, designOf('Only'));
  expect(code).toBe(1);
  expect(run.blocked).toMatchObject([{ taskName: 'finalize', code: 'checks_failed' }]);
  expect(run.blocked[0]?.message).toContain('whole');
  expect((await sandbox.tina('status', 'sample')).stdout).toContain('a.txt is in the way');
  expect(await sandbox.git('rev-parse', 'main')).toBe(before);

  await sandbox.tina('retry', 'sample/finalize');
  expect(await sandbox.wait('sample')).toBe(1);
  expect((await sandbox.tina('finalize', 'sample', '--keep')).code).toBe(0);
  expect(await sandbox.wait('sample')).toBe(0);
  expect((await runOf(sandbox)).ending).toEqual({ kind: 'kept', branch: 'tina/sample' });
});
