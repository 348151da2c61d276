import type { RunEvent } from '@tina/domain';
import { TOY_MODEL } from '../../contract-suite/toy-model.ts';
import { action, commitOf, enqueued, runWrite, startRun, taskAdded } from '../../contract-suite/toy-run.ts';
import { openSqliteStore } from '../../open-sqlite-store.ts';
import { StoreError } from '../../store-error.ts';

/**
 * A process of the disk tests: commits to a run, made when there is none, as often as it is told, and prints the revision
 * of each commit that was acknowledged. Arguments: path, run id, number of commits.
 */
async function main(path: string, runId: string, commits: number): Promise<void> {
  const store = await openSqliteStore({ path, model: TOY_MODEL });
  for (let done = 0; done < commits;) {
    const before = (await store.loadRun(runId)) ?? (await startRun(store, { runId }));
    const id = `${process.pid}-${done}`;
    const events: readonly RunEvent[] = [
      taskAdded(id, 'x'.repeat(2_000)),
      { type: 'task.readied', data: { taskId: id } },
      { type: 'gate.opened', data: { id, taskId: id, kind: 'plan', question: '?' } },
    ];
    const write = runWrite(before, events, runId, { enqueue: [enqueued(runId, id)] });
    // With an action the transaction begins with a read: what a lock taken too late would fail on.
    const result = await store.commit(commitOf(write, { action: action(id) }));
    if (result.kind === 'revision-conflict') continue;
    if (result.kind !== 'committed') throw new Error(result.kind);
    process.stdout.write(`${write.after.revision}\n`);
    done += 1;
  }
  await store.close();
}

const [path = '', runId = '', commits = ''] = process.argv.slice(2);
try {
  await main(path, runId, Number(commits));
} catch (error) {
  process.stderr.write(error instanceof StoreError ? error.code : String(error));
  process.exitCode = 1;
}
