import { afterEach, expect, test } from 'vitest';
import { designOf, entry, planOf, Sandbox, scriptOf, until, workOn } from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const SCRIPT = scriptOf(
  entry(
    'role: planner, phase: "1"',
    planOf('{ title: one, files: [a.txt] }', '{ title: two, files: [b.txt] }'),
  ),
  entry('role: planner, phase: "2"', planOf('{ title: three, files: [c.txt] }')),
  entry('role: implementer, phase: "1", task: 1', ...workOn('a.txt')),
  entry('role: implementer, phase: "1", task: 2', ...workOn('b.txt')),
  entry('role: implementer, phase: "2", task: 1', ...workOn('c.txt')),
);

test('a design of two phases becomes a merged branch', async () => {
  sandbox = await Sandbox.create({ script: SCRIPT });
  const design = await sandbox.write('docs/2026-02-03-sample-design.md', designOf('First', 'Second'));
  const { code, stdout } = await sandbox.tina('orchestrate', design, '--finalize', 'merge');
  expect(stdout).toContain('sample is merged into main');
  expect(code).toBe(0);
  expect(await sandbox.git('ls-tree', '--name-only', 'main')).toContain('a.txt\nb.txt\nc.txt');
  await until('the worktrees are gone', async () => !(await sandbox.git('worktree', 'list')).includes('\n'));
  expect((await sandbox.tina('verify', '--all')).code).toBe(0);
});

test('G20 a kept run leaves checkout, index, stash, configuration and branches of the user as they were', async () => {
  sandbox = await Sandbox.create({ script: SCRIPT });
  await sandbox.write('README.md', '# Stashed\n');
  await sandbox.git('stash');
  const design = await sandbox.write('docs/sample-design.md', designOf('First', 'Second'));
  const before = await snapshot(sandbox);
  const { code } = await sandbox.tina('orchestrate', design, '--finalize', 'keep');
  expect(code).toBe(0);
  expect(await snapshot(sandbox)).toEqual(before);
  expect(await sandbox.git('for-each-ref', '--format=%(refname)', 'refs/heads')).toBe(
    'refs/heads/main\nrefs/heads/tina/sample',
  );
});

async function snapshot(of: Sandbox): Promise<unknown> {
  const hash = (path: string): Promise<string> => of.git('hash-object', '--no-filters', path);
  return {
    index: await hash('.git/index'),
    config: await hash('.git/config'),
    head: await of.read('.git/HEAD'),
    stash: await of.git('rev-parse', 'refs/stash'),
    main: await of.git('rev-parse', 'main'),
    files: await of.git('status', '--porcelain', '--untracked-files=all'),
    readme: await of.read('README.md'),
  };
}
