import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { TaskDetailView, VerifyView } from '@tina/contract';
import {
  designOf,
  entry,
  eventsOf,
  firstAttemptOf,
  hold,
  planOf,
  promptOf,
  Sandbox,
  scriptOf,
  start,
  taskOf,
  workOn,
} from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const SECOND = 'phase-1-task-2';

/** A run whose first task is at work, held, while the second waits for it. */
async function startAndHold(...more: readonly string[]): Promise<void> {
  sandbox = await Sandbox.create({
    script: scriptOf(
      entry(
        'role: planner',
        planOf('{ title: one, files: [a.txt] }', '{ title: two, files: [b.txt], dependsOn: "1" }'),
      ),
      entry('role: implementer, task: 1', ...hold('one'), ...workOn('a.txt')),
      ...more,
    ),
  });
  await start(sandbox, designOf('Only'));
  await sandbox.reached('one');
}

async function verify(): Promise<readonly VerifyView[]> {
  const { code, stdout } = await sandbox.tina('verify', 'sample', '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout) as readonly VerifyView[];
}

describe('G27 tina edit', () => {
  test('changes a task that waits: its agent is told the new text, and may change the new files alone', async () => {
    await startAndHold(
      entry(
        'role: implementer, task: 2',
        // What the plan allowed first is outside now: git refuses it.
        `run: { command: 'echo no >b.txt && git add b.txt && git commit -q -m no', mayFail: true }`,
        `run: 'git rm -q -f b.txt'`,
        ...workOn('c.txt'),
      ),
    );
    const description = join(sandbox.path, 'description.md');
    await writeFile(description, 'Write about **cats**, not dogs.\n');
    const edited = await sandbox.tina(
      'edit',
      `sample/${SECOND}`,
      '--files',
      'c.txt',
      '--description-file',
      description,
      '--acceptance',
      'cats are in it',
    );
    expect(edited).toMatchObject({ code: 0, stderr: '' });
    expect(edited.stdout).toContain(`Edited sample/${SECOND}. Run `);
    expect((await taskOf(sandbox, SECOND)).files).toEqual(['c.txt']);

    await sandbox.release('one');
    expect(await sandbox.wait('sample')).toBe(0);
    const prompt = await promptOf(sandbox, await firstAttemptOf(sandbox, SECOND));
    expect(prompt).toContain('Write about **cats**, not dogs.');
    expect(prompt).toContain('- cats are in it');
    expect(prompt).toContain('`c.txt`');
    expect(prompt).not.toContain('`b.txt`');
    const merge = (await eventsOf(sandbox)).findLast(({ type }) => type === 'merge.requested');
    expect(merge?.data['scope']).toEqual(['c.txt']);
    expect(await sandbox.git('ls-tree', '--name-only', 'main')).not.toContain('b.txt');
    expect(await sandbox.git('ls-tree', '--name-only', 'main')).toContain('c.txt');
    expect((await verify()).every(({ findings }) => findings.length === 0)).toBe(true);

    const lines = (await sandbox.tina('events', 'sample')).stdout.split('\n');
    expect(lines.find((line) => line.includes('task.edited'))).toMatch(
      /task\.edited {2}task=phase-1-task-2 {2}changed=files,acceptance,body$/,
    );
    expect(lines.find((line) => line.includes('task.edit '))).toMatch(/task\.edit {2}.*done: event \d+$/);
  });

  test('refuses what the lint of plans refuses, and a task that has begun; nothing changes', async () => {
    await startAndHold(entry('role: implementer', ...workOn('b.txt')));
    const before = await sandbox.tina('task', `sample/${SECOND}`, '--json');
    const refused = async (task: string, ...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await sandbox.tina('edit', `sample/${task}`, ...args, '--json');
      expect(code).toBe(1);
      return (JSON.parse(stderr) as { readonly error: { readonly code: string } }).error.code;
    };
    expect(await refused(SECOND, '--files', 'a.txt', '--depends-on', 'none')).toBe('files_overlap');
    expect(await refused(SECOND, '--depends-on', '2')).toBe('self_dependency');
    expect(await refused(SECOND, '--title', 'x', '--revision', '1')).toBe('task_changed');
    expect(await refused('phase-1-task-1', '--title', 'x')).toBe('task_begun');
    expect((await sandbox.tina('task', `sample/${SECOND}`, '--json')).stdout).toBe(before.stdout);
    expect((JSON.parse(before.stdout) as TaskDetailView).revision).toBe(0);
    await sandbox.release('one');
    expect(await sandbox.wait('sample')).toBe(0);
    expect((await verify()).every(({ findings }) => findings.length === 0)).toBe(true);
  });
});
