import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sandbox } from '@tina/harness';
import { besideBareNode } from './bare-node.ts';
import { ms, row } from './statistics.ts';

const WATCHED_MS = 10_000;

/** Processor time that the daemon takes while nothing happens, beside a Node that has nothing to do. */
export async function benchIdle(): Promise<void> {
  const sandbox = await Sandbox.create();
  try {
    await sandbox.tina('daemon', 'start');
    const { pid } = await sandbox.json<{ pid: number }>('daemon', 'status');
    await sleep(2_000);
    const [daemon, bare] = await besideBareNode((bareNode) =>
      Promise.all([processorMsOf(pid), processorMsOf(bareNode)]),
    );
    row('idle daemon', 'processor', 'bare node', 'of one core', 'ratio');
    row(
      `in ${WATCHED_MS / 1000} s`,
      ms(daemon),
      ms(bare),
      `${((100 * daemon) / WATCHED_MS).toFixed(3)} %`,
      // Nothing is no measure for anything.
      bare === 0 ? '-' : (daemon / bare).toFixed(2),
    );
  } finally {
    await sandbox.dispose();
  }
}

async function processorMsOf(pid: number): Promise<number> {
  const before = await processorMs(pid);
  await sleep(WATCHED_MS);
  return (await processorMs(pid)) - before;
}

/** What all of its threads have used until now. */
async function processorMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const used = await Promise.all(
    threads.map(async (thread) =>
      Number((await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')).split(' ')[0]),
    ),
  );
  return used.reduce((sum, each) => sum + each, 0) / 1e6;
}
