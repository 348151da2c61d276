import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sandbox } from '@tina/harness';
import { row } from './statistics.ts';

const WATCHED_MS = 10_000;
/** The kernel counts processor time in hundredths of a second. */
const TICK_MS = 10;

/** Processor time that the daemon takes while nothing happens. */
export async function benchIdle(): Promise<void> {
  const sandbox = await Sandbox.create();
  try {
    await sandbox.tina('daemon', 'start');
    const { pid } = await sandbox.json<{ pid: number }>('daemon', 'status');
    await sleep(2_000);
    const before = await processorTicks(pid);
    await sleep(WATCHED_MS);
    const used = (await processorTicks(pid)) - before;
    row('idle daemon', 'processor', 'of one core');
    row(
      `in ${WATCHED_MS / 1000} s`,
      `${used * TICK_MS} ms`,
      `${((100 * used * TICK_MS) / WATCHED_MS).toFixed(2)} %`,
    );
  } finally {
    await sandbox.dispose();
  }
}

async function processorTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
