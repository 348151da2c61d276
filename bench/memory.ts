import { designOf, entry, planOf, Sandbox, scriptOf, until } from '@tina/harness';
import { row } from './statistics.ts';

const AGENTS = 10;

/** What the daemon holds in memory while ten agents are at work. */
export async function benchMemory(): Promise<void> {
  const tasks = Array.from(
    { length: AGENTS },
    (_, index) => `{ title: task ${index + 1}, files: [f${index + 1}.txt] }`,
  );
  const sandbox = await Sandbox.create({
    script: scriptOf(entry('role: planner', planOf(...tasks)), entry('role: implementer', 'hang: {}')),
    config: `limits: { parallelAgents: ${AGENTS} }\n`,
    userConfig: `limits: { machineAgents: ${AGENTS} }\n`,
  });
  try {
    const design = await sandbox.write('docs/sample-design.md', designOf('Only'));
    await sandbox.tina('orchestrate', design, '--detach');
    await until(`${AGENTS} agents are at work`, async () => {
      const run = await sandbox.json<{ attempts: { status: string }[] }>('status', 'sample');
      return run.attempts.filter((attempt) => attempt.status === 'running').length === AGENTS;
    });
    const { memoryBytes } = await sandbox.json<{ memoryBytes: number }>('daemon', 'status');
    row('memory of the daemon', 'resident');
    row(`with ${AGENTS} agents at work`, `${(memoryBytes / 1e6).toFixed(1)} MB`);
  } finally {
    await sandbox.dispose();
  }
}
