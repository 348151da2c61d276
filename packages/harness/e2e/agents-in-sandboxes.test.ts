import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentView, DoctorView } from '@tina/contract';
import { afterEach, expect, test, type TestContext } from 'vitest';
import { designOf, entry, planOf, play, Sandbox, scriptOf, workOn } from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

const ONE_TASK = entry('role: planner', planOf('{ title: one, files: [a.txt] }'));

function needBubblewrap(context: TestContext): void {
  const args = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--unshare-pid', 'true'];
  const { status } = spawnSync('bwrap', args, { stdio: 'ignore' });
  if (status !== 0) context.skip('no bubblewrap that works');
}

test('agents in a sandbox work, commit, report by the command line, and change nothing else', async (context) => {
  const script = scriptOf(
    ONE_TASK,
    entry(
      'role: implementer',
      `run: { command: 'echo x > "$HOME/outside"; echo x > tried.txt && rm tried.txt', mayFail: true }`,
      'write: { path: a.txt, content: "x\\n" }',
      'commit: Write it',
      'report: { kind: work, summary: done, via: cli }',
    ),
  );
  sandbox = await Sandbox.create({ script, config: 'retries: { backoff: 50ms }\n' });
  needBubblewrap(context);
  const result = await play(sandbox, designOf('Only'), '--sandbox');
  expect({ code: result.code, blocked: result.run.blocked }).toEqual({ code: 0, blocked: [] });
  expect(existsSync(join(sandbox.env['HOME'] ?? '', 'outside'))).toBe(false);
  expect(await sandbox.git('show', 'main:a.txt')).toBe('x');
  expect((await sandbox.tina('verify')).code).toBe(0);
});

test('G31 a sandbox that is asked for where bubblewrap is missing is refused before anything is spent', async () => {
  sandbox = await Sandbox.create({
    script: scriptOf(ONE_TASK, entry('role: implementer', ...workOn('a.txt'))),
    config: 'sandbox: { enabled: true }\n',
    without: ['bwrap'],
  });
  const path = await sandbox.write('docs/sample-design.md', designOf('Only'));
  const refused = await sandbox.tina('orchestrate', path, '--detach');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('bubblewrap\'s program "bwrap" was not found in PATH');
  expect(refused.stderr).toContain('apt-get install bubblewrap');
  expect(await sandbox.json('runs')).toEqual([]);
  const agents = await sandbox.json<readonly AgentView[]>('agents');
  expect(agents.find(({ isDefault }) => isDefault)?.problem).toContain('bubblewrap');
  const { stdout } = await sandbox.tina('doctor', '--json');
  const missing = (JSON.parse(stdout) as DoctorView).examinations.filter(
    ({ status }) => status === 'missing',
  );
  expect(missing.map(({ found }) => found).join()).toContain('bubblewrap');
});
