import { readFile } from 'node:fs/promises';
import { designOf, entry, planOf, Sandbox, scriptOf, until } from '@tina/harness';
import { besideBareNode } from './bare-node.ts';
import { row } from './statistics.ts';

const AGENTS = 10;

/** What the daemon holds in memory while ten agents are at work, beside a Node that does nothing. */
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
    const { pid } = await sandbox.json<{ pid: number }>('daemon', 'status');
    const [daemon, bare] = await besideBareNode((bareNode) =>
      Promise.all([residentBytes(pid), residentBytes(bareNode)]),
    );
    row('memory of the daemon', 'resident', 'bare node', 'difference', 'ratio');
    row(
      `with ${AGENTS} agents at work`,
      megabytes(daemon),
      megabytes(bare),
      megabytes(daemon - bare),
      (daemon / bare).toFixed(2),
    );
  } finally {
    await sandbox.dispose();
  }
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
