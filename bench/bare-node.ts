import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Long enough for Node to be up and to have nothing to do any more. */
const SETTLE_MS = 1_000;

/** Runs the measurement beside a Node that has nothing to do but to stay, and ends it. */
export async function besideBareNode<T>(measure: (pid: number) => Promise<T>): Promise<T> {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1e9)'], { stdio: 'ignore' });
  try {
    await sleep(SETTLE_MS);
    return await measure(child.pid ?? 0);
  } finally {
    child.kill('SIGKILL');
  }
}
