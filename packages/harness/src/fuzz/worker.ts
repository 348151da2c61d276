import { Worker } from 'node:worker_threads';
import type { ProgressTask } from './progress-writer.ts';
import { runTarget } from './run-target.ts';
import { TARGETS } from './targets.ts';

/** What this process is to do, as JSON in its argument. */
export interface FuzzTask {
  readonly target: string;
  readonly inputs: number;
  readonly seed: number;
  /** Where it writes how many inputs it has begun, and the seed of the one under way: whoever watches sees a hang by it. */
  readonly progressFile: string;
}

const task = JSON.parse(process.argv[2] ?? '') as FuzzTask;
const target = TARGETS.find(({ name }) => name === task.target);
if (target === undefined) throw new Error(`there is no target ${task.target}`);

const shared = new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT);
const cells = new Float64Array(shared);
const watched: ProgressTask = { shared, file: task.progressFile };
const writer = new Worker(new URL('progress-writer.ts', import.meta.url), { workerData: watched });
writer.unref();

const result = await runTarget(target, {
  inputs: task.inputs,
  seed: task.seed,
  onInput: (seed) => {
    cells[0] = (cells[0] ?? 0) + 1;
    cells[1] = seed;
  },
});
process.send?.(result, () => process.exit());
