import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { designOf, entry, planOf, Sandbox, scriptOf, until, workOn } from '@tina/harness';
import { median, ms, row } from './statistics.ts';

const TINA = fileURLToPath(new URL('../bin/tina', import.meta.url));
const RUNS = 20;
const TASKS = 40;

/** Commands against bare Node, in turn, so that a machine that slows down slows both. */
export async function benchStart(): Promise<void> {
  row('start-up, median of 20', 'command', 'bare node', 'difference', 'ratio');
  const tasks = Array.from(
    { length: TASKS },
    (_, index) => `{ title: task ${index + 1}, files: [f${index + 1}.txt] }`,
  );
  const sandbox = await Sandbox.create({
    script: scriptOf(
      entry('role: planner', planOf(...tasks)),
      entry('role: implementer, task: 1', ...workOn('f1.txt')),
      // The rest waits, so that the run stands still with all of its tasks.
      entry('role: implementer', 'hang: {}'),
    ),
    config: 'limits: { tasksPerPlan: 50, parallelAgents: 2 }\n',
  });
  try {
    const design = await sandbox.write(
      'docs/sample-design.md',
      designOf(...Array.from({ length: 3 }, () => 'Phase')),
    );
    await sandbox.tina('orchestrate', design, '--detach');
    await until('the run has 50 tasks and stands still', async () => {
      const run = await sandbox.json<{ tasks: unknown[]; attempts: { status: string }[] }>(
        'status',
        'sample',
      );
      return run.tasks.length >= 50 && run.attempts.every((attempt) => attempt.status === 'running');
    });
    compare(sandbox, 'tina --version', ['--version']);
    compare(sandbox, 'tina status --json, 50 tasks', ['status', 'sample', '--json']);
    compare(sandbox, 'tina runs', ['runs']);
    compare(sandbox, 'tina --help', ['--help']);
  } finally {
    await sandbox.dispose();
  }
}

function compare(sandbox: Sandbox, name: string, args: readonly string[]): void {
  const command: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < RUNS + 1; run += 1) {
    const times = [time(sandbox, TINA, args), time(sandbox, process.execPath, ['--eval', '0'])] as const;
    // The first of each fills caches.
    if (run === 0) continue;
    command.push(times[0]);
    bare.push(times[1]);
  }
  const [a, b] = [median(command), median(bare)];
  row(name, ms(a), ms(b), ms(a - b), (a / b).toFixed(2));
}

function time(sandbox: Sandbox, program: string, args: readonly string[]): number {
  const began = performance.now();
  const { status } = spawnSync(program, args, { cwd: sandbox.repository, env: sandbox.env, stdio: 'ignore' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
  return performance.now() - began;
}
