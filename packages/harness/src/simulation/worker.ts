import { parentPort, workerData } from 'node:worker_threads';
import { exhaustiveScenarios, planExhaustive } from './exhaustive.ts';
import { type Scenario, scenarioOf } from './scenario.ts';
import { simulate } from './simulate.ts';
import { count, noTotals } from './totals.ts';

/** Histories that a worker plays between two words to its parent, when nothing fails. */
const BATCH = 20;

/** What a worker is to do: of all histories, those from its own on that are `step` apart. */
export interface WorkerTask {
  readonly own: number;
  readonly step: number;
  readonly which:
    | {
        readonly kind: 'seeds';
        readonly first: number;
        readonly end: number;
        /** Every history on SQLite, with its witness. */
        readonly isOnSqlite: boolean;
      }
    | { readonly kind: 'exhaustive'; readonly from: number; readonly every: number };
}

const { own, step, which } = workerData as WorkerTask;
let totals = noTotals();
for (const scenario of await scenarios()) {
  count(totals, scenario, await simulate(scenario));
  if (totals.seeds < BATCH && totals.failures.length === 0) continue;
  parentPort?.postMessage(totals, []);
  totals = noTotals();
}
parentPort?.postMessage(totals, []);

async function scenarios(): Promise<Iterable<Scenario>> {
  if (which.kind === 'seeds') return ofSeeds(which);
  const all = exhaustiveScenarios(await planExhaustive(which.from, which.every));
  return all.filter((_, index) => index % step === own);
}

function* ofSeeds({ first, end, isOnSqlite }: Seeds): Generator<Scenario> {
  for (let seed = first + own; seed < end; seed += step) {
    yield isOnSqlite ? { ...scenarioOf(seed), store: 'both' } : scenarioOf(seed);
  }
}

type Seeds = Extract<WorkerTask['which'], { kind: 'seeds' }>;
