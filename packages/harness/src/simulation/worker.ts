import { parentPort, workerData } from 'node:worker_threads';
import { scenarioOf, simulate } from './simulate.ts';
import { count, noTotals } from './totals.ts';

/** Seeds that a worker plays between two words to its parent, when nothing fails. */
const BATCH = 20;

/** What a worker is to do: every seed from the first, `step` apart, before the end. */
export interface WorkerTask {
  readonly first: number;
  readonly end: number;
  readonly step: number;
}

const { first, end, step } = workerData as WorkerTask;
let totals = noTotals();
for (let seed = first; seed < end; seed += step) {
  count(totals, seed, await simulate(scenarioOf(seed)));
  if (totals.seeds < BATCH && totals.failures.length === 0) continue;
  parentPort?.postMessage(totals, []);
  totals = noTotals();
}
parentPort?.postMessage(totals, []);
