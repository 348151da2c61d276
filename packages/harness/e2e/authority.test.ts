import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { designOf, entry, planOf, play, Sandbox, scriptOf, workOn } from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

/** What an agent has no say in, with the procedure that refuses it. */
const FORBIDDEN = [
  ['skip sample/review-phase-1 --reason no', 'task.skip'],
  ['runs', 'run.list'],
  ['cancel sample', 'run.cancel'],
  ['daemon stop', 'daemon.stop'],
  ['daemon start', 'daemon.start'],
  ['daemon run', 'daemon.run'],
] as const;

test('G29 an agent can do nothing but report: no skip, no look around, no daemon of its own', async () => {
  const tries = FORBIDDEN.map(([command]) => `run: { command: "tina ${command}", mayFail: true }`);
  const report = 'report: { kind: validation, status: pass, text: sound }';
  sandbox = await Sandbox.create({
    script: scriptOf(
      entry('role: validator', ...tries, report),
      entry('role: planner', planOf('{ title: one, files: [a.txt] }')),
      entry('role: implementer', ...workOn('a.txt')),
    ),
  });
  const before = await sandbox.json<{ readonly pid: number }>('daemon', 'start');
  const result = await play(sandbox, designOf('Only'));
  expect(result.code).toBe(0);

  const [attempt] = (await result.task('validate-design')).allAttempts;
  const { stdout: output } = await sandbox.tina('logs', attempt?.id ?? '');
  for (const [, procedure] of FORBIDDEN)
    expect(output).toContain(`error: An agent may not call ${procedure}.`);
  expect(output.match(/next: tina report --help/g)).toHaveLength(FORBIDDEN.length);

  const review = await result.task('review-phase-1');
  expect(review.status).toBe('completed');
  expect(review.allAttempts.map(({ role, status }) => [role, status])).toEqual([['reviewer', 'succeeded']]);
  expect(await sandbox.json('daemon', 'status')).toMatchObject({ pid: before.pid });
  // Where Tina would keep its state without TINA_HOME, which an agent does not have.
  expect(existsSync(join(sandbox.path, 'user'))).toBe(true);
  expect(await readdir(join(sandbox.path, 'user'))).toEqual([]);
});
