import { writeFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

/** What a thread beside the readers is told. */
export interface ProgressTask {
  readonly shared: SharedArrayBuffer;
  readonly file: string;
}

const WRITE_EVERY_MS = 300;

// A thread of its own: the one that is watched may hang, and must not wait for a disk with every input.
const { shared, file } = workerData as ProgressTask;
const cells = new Float64Array(shared);
setInterval(() => writeFileSync(file, Float64Array.from(cells)), WRITE_EVERY_MS);
