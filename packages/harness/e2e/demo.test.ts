import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { RunView } from '@tina/contract';
import { processesOf, Sandbox, TINA } from '@tina/harness';

let sandbox: Sandbox;
afterEach(() => sandbox.dispose());

/** What `npm run demo` runs. */
const DEMO = join(dirname(TINA), '../scripts/demo.mjs');

/** The lines of a text that begin so, without their indentation. */
const linesFrom = (text: string, start: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith(start));

test('G14 npm run demo -- --keep shows a run to its merge, says what was done, and leaves nothing running', async () => {
  sandbox = await Sandbox.create({ files: { 'tmp/.keep': '' } });
  const TMPDIR = join(sandbox.repository, 'tmp');
  const demo = await sandbox.run(process.execPath, [DEMO, '--keep'], { env: { TMPDIR } });
  expect(demo).toMatchObject({ code: 0, stderr: '' });
  const { stdout } = demo;

  const [folder = ''] = (await readdir(TMPDIR)).filter((name) => name !== '.keep');
  const kept = join(TMPDIR, folder);
  const [home, repository] = [join(kept, 'home'), join(kept, 'greeter')];
  expect(await processesOf(kept)).toEqual([]);

  // While it goes on, two tasks are at work at the same time, and the review's gap becomes a phase.
  const placeOf = (text: string): number => stdout.indexOf(text);
  const starts = ['phase-1-task-1 implementer', 'phase-1-task-2 implementer'].map(placeOf);
  expect(Math.min(...starts)).toBeGreaterThan(-1);
  expect(Math.max(...starts)).toBeLessThan(placeOf('phase-1-task-2 (tidy names) completed'));
  const order = [
    'phase-1-task-2 (tidy names) completed',
    'phase 1.5 added: closes the gaps of phase 1',
    'review-phase-1.5 completed',
    'plan-phase-2 planner',
    'run is complete',
    'greeter is merged into main',
  ].map(placeOf);
  expect(order).toEqual(order.filter((place) => place !== -1).toSorted((a, b) => a - b));

  const steps = ['validate design', 'set up worktree', 'Phase 1 ', 'Phase 1.5 ', 'Phase 2 ', 'finalize '];
  for (const step of steps) {
    // How long it took is the last column.
    expect(linesFrom(stdout, step)).toContainEqual(expect.stringMatching(/\d(?:ms|s)$/));
  }
  const commits = await sandbox.git('-C', repository, 'log', '--format=%s', 'main');
  expect(stdout).toContain(`${commits.split('\n').length - 1} commits on main`);
  for (const subject of ['Refuse empty names', 'Add the greet command']) {
    expect(commits).toContain(subject);
    expect(stdout).toContain(subject);
  }
  expect(linesFrom(stdout, 'next: ')).toEqual([expect.stringContaining('git log --oneline')]);
  expect(await sandbox.git('-C', repository, 'status', '--porcelain')).toBe('');

  // What it says to type works.
  const said = linesFrom(stdout, 'export ')[0] ?? '';
  expect(said).toBe(`export TINA_HOME=${home}; cd ${repository}`);
  const shown = linesFrom(stdout, TINA);
  expect(shown).toEqual([`${TINA} status greeter`, `${TINA} events greeter`]);
  const [status, events] = await Promise.all(
    shown.map((command) => sandbox.run('sh', ['-c', `${said}; ${command}`])),
  );
  expect(status).toMatchObject({ code: 0 });
  expect(status?.stdout).toContain('Phase 1.5');
  expect(events?.stdout).toContain('run.completed');
  const elsewhere = { cwd: repository, env: { TINA_HOME: home } };
  const json = await sandbox.tinaAt(elsewhere, 'status', 'greeter', '--json');
  const { phases, status: state } = JSON.parse(json.stdout) as RunView;
  expect([state, phases.map(({ number }) => number)]).toEqual(['complete', ['1', '1.5', '2']]);
  expect(await sandbox.tinaAt(elsewhere, 'daemon', 'stop')).toMatchObject({ code: 0 });
  expect(await processesOf(kept)).toEqual([]);
  await rm(kept, { recursive: true });
});
