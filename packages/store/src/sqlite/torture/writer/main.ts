import { TOY_MODEL } from '../../../contract-suite/toy-model.ts';
import { commitOf, newRun } from '../../../contract-suite/toy-run.ts';
import { openSqliteStore } from '../../../open-sqlite-store.ts';
import type { Store } from '../../../store.ts';
import { StoreError } from '../../../store-error.ts';
import { wholeCommit } from '../whole-commit.ts';

/** A run that is longer goes on in the next one: loading a state and keeping its snapshots must not become the work. */
const EVENTS_PER_RUN = 600;

/**
 * A process of the torture: commits until it is killed, and prints a line for each commit that was acknowledged: its id,
 * the number of its run, and the milliseconds that it took. Arguments: path, a name that no other process has, the number
 * of the run to begin with.
 */
async function main(path: string, name: string, firstRun: number): Promise<never> {
  const store = await openSqliteStore({ path, model: TOY_MODEL });
  let run = firstRun;
  for (let done = 0; ;) {
    const id = `${name}-${done}`;
    const took = await tryCommit(store, `run-${run}`, id);
    if (took === 'run-full') run += 1;
    if (typeof took !== 'number') continue;
    process.stdout.write(`${id} ${run} ${took.toFixed(3)}\n`);
    done += 1;
  }
}

/** Milliseconds, or why nothing was committed under the id. */
async function tryCommit(store: Store, runId: string, id: string): Promise<number | 'run-full' | 'again'> {
  const before = await store.loadRun(runId);
  if (before === null) {
    await store.commit(commitOf(await newRun(store, { runId })));
    return 'again';
  }
  if (before.revision > EVENTS_PER_RUN) return 'run-full';
  const commit = wholeCommit(before, id);
  const startedAt = performance.now();
  const { kind } = await store.commit(commit);
  if (kind === 'committed') return performance.now() - startedAt;
  if (kind === 'revision-conflict') return 'again';
  throw new Error(kind);
}

const [path = '', name = '', firstRun = ''] = process.argv.slice(2);
try {
  await main(path, name, Number(firstRun));
} catch (error) {
  process.stderr.write(error instanceof StoreError ? error.code : String(error));
  process.exitCode = 1;
}
