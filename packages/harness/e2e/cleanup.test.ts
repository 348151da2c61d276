import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { CleanupItem } from '@tina/contract';
import { designOf, entry, planOf, runOf, Sandbox, scriptOf, until, workOn } from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

async function orchestrate(feature: string, finalize: string): Promise<string> {
  const design = await sandbox.write(`docs/${feature}-design.md`, designOf('Only'));
  await sandbox.tina('orchestrate', design, '--detach', '--finalize', finalize);
  return (await runOf(sandbox, feature)).id;
}

const state = (...path: readonly string[]): string => join(sandbox.home, 'state', ...path);
const refs = async (): Promise<readonly string[]> =>
  (await sandbox.git('for-each-ref', '--format=%(refname)')).split('\n');
const attemptsThere = async (runId: string): Promise<number> =>
  (await readdir(state('attempts'))).filter((name) => name.startsWith(`${runId}-`)).length;

test('G22 cleanup removes what ended runs left, keeps what is nowhere else, and touches no run that goes on', async () => {
  sandbox = await Sandbox.create({
    config: 'checks: [{ name: there, command: "test -f README.md", at: [phase] }]\n',
    script: scriptOf(
      entry('role: planner', planOf('{ title: one, files: ["{feature}.txt"] }')),
      entry('role: implementer', ...workOn('{feature}.txt')),
      entry('role: reviewer', 'run: test {feature} != active || exec sleep 90'),
    ),
  });
  const merged = await orchestrate('merged', 'merge');
  expect(await sandbox.wait('merged')).toBe(0);
  const kept = await orchestrate('kept', 'keep');
  expect(await sandbox.wait('kept')).toBe(0);
  const active = await orchestrate('active', 'merge');
  await until(
    'the last one is reviewed',
    async () => (await runOf(sandbox, 'active')).attempts.at(-1)?.role === 'reviewer',
    60_000,
  );
  await until(
    'its agent is at work',
    async () => (await runOf(sandbox, 'active')).attempts.at(-1)?.status === 'running',
  );
  await until('the others have no worktrees', async () =>
    (await readdir(state('worktrees'))).every((name) => name === active),
  );
  // As if the end of the run had not come so far: its worktree is there, with something in it that nobody committed.
  const worktree = state('worktrees', merged, 'slot-1');
  await sandbox.git('worktree', 'add', '--quiet', '--detach', worktree, 'tina/merged');
  await writeFile(join(worktree, 'idea.txt'), 'not to be lost\n');

  const cleanup = async (...flags: readonly string[]): Promise<readonly string[]> =>
    (await sandbox.json<readonly CleanupItem[]>('cleanup', ...flags)).map(
      ({ runId, action, kind }) =>
        `${{ [merged]: 'merged', [kept]: 'kept' }[runId] ?? runId}: ${action} ${kind}`,
    );
  const expected = [
    'merged: remove worktree',
    'merged: remove branch',
    'merged: remove rescue-ref',
    'merged: remove attempt-files',
    'merged: remove check-files',
    'kept: keep branch',
    'kept: keep rescue-ref',
    'kept: remove attempt-files',
    'kept: remove check-files',
  ];
  const before = [await refs(), await attemptsThere(merged), await attemptsThere(active)];
  expect((await cleanup('--dry-run')).toSorted()).toEqual(expected.toSorted());
  expect([await refs(), await attemptsThere(merged), await attemptsThere(active)]).toEqual(before);
  expect(existsSync(worktree)).toBe(true);
  const { stdout } = await sandbox.tina('cleanup', '--dry-run');
  expect(stdout).toContain(`what is in it alone is first put under refs/tina/runs/${merged}`);
  expect(stdout).toContain('not all of its commits are in main');

  expect((await cleanup()).toSorted()).toEqual(expected.toSorted());
  expect(existsSync(state('worktrees', merged))).toBe(false);
  expect(await sandbox.git('worktree', 'list')).not.toContain(merged);
  expect(await sandbox.git('show', `refs/tina/runs/${merged}:idea.txt`)).toBe('not to be lost');
  expect(await refs()).not.toContain('refs/heads/tina/merged');
  expect(await sandbox.git('show', 'tina/kept:kept.txt')).toBe('done');
  expect([await attemptsThere(merged), await attemptsThere(kept)]).toEqual([0, 0]);
  expect((await readdir(state('checks'))).filter((name) => name !== active)).toEqual([]);

  expect(await attemptsThere(active)).toBe(before[2]);
  expect(await sandbox.git('worktree', 'list')).toContain(active);
  expect(await runOf(sandbox, 'active')).toMatchObject({
    status: 'reviewing',
    attempts: [{ status: 'running' }],
  });
  expect((await sandbox.tina('verify', '--all')).code).toBe(0);
  expect((await sandbox.tina('logs', `${merged}-a1`)).stderr).toContain('were cleaned up');
});
