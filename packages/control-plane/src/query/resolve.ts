import { TinaError } from '@tina/contract';
import type { RunState, Task } from '@tina/domain';
import type { Store } from '@tina/store';
import type { RunExecutor } from '../executor/run-executor.ts';

/** Of so many runs an ambiguous name lists the ids, the newest. */
const MAX_LISTED = 20;

/**
 * A run by id, or by its feature where exactly one run has it (G04).
 *
 * @throws TinaError `no_such_run`, `ambiguous_run`
 */
export async function resolveRun(
  { store, executor }: { readonly store: Store; readonly executor: RunExecutor },
  name: string,
): Promise<RunState> {
  const byId = await executor.load(name);
  if (byId) return byId;
  const byFeature = await executor.load(await idOfFeature(store, name));
  if (byFeature) return byFeature;
  throw noSuchRun(name);
}

/** The id alone, also of a run that cannot be read any more; throws as `resolveRun` does. */
export async function resolveRunId(store: Store, name: string): Promise<string> {
  return (await store.runRevision(name)) === null ? idOfFeature(store, name) : name;
}

async function idOfFeature(store: Store, name: string): Promise<string> {
  const runs = await store.listRuns({ feature: name, limit: MAX_LISTED });
  if (runs.length > 1) {
    const count = runs.length === MAX_LISTED ? 'Many' : String(runs.length);
    throw new TinaError({
      code: 'ambiguous_run',
      message: `${count} runs have the feature ${name}: name one by its id.`,
      details: runs.map((run) => `${run.id}  ${run.status}  ${run.repository}`),
      next: runs.map((run) => `tina status ${run.id}`),
    });
  }
  if (runs[0]) return runs[0].id;
  throw noSuchRun(name);
}

function noSuchRun(name: string): TinaError {
  return new TinaError({ code: 'no_such_run', message: `There is no run ${name}.`, next: ['tina runs'] });
}

/**
 * A task by id, or as `<run>/<name>`.
 *
 * @throws TinaError `no_such_task`, and those of `resolveRun`
 */
export async function resolveTask(
  dependencies: { readonly store: Store; readonly executor: RunExecutor },
  name: string,
): Promise<{ readonly state: RunState; readonly task: Task }> {
  const runId = await dependencies.store.findOwner('task', name);
  if (runId !== null) {
    const state = await resolveRun(dependencies, runId);
    const task = state.tasks[name];
    if (task) return { state, task };
  }
  const slash = name.lastIndexOf('/');
  if (slash > 0) {
    const state = await resolveRun(dependencies, name.slice(0, slash));
    const task = Object.values(state.tasks).find((each) => each.name === name.slice(slash + 1));
    if (task) return { state, task };
    throw new TinaError({
      code: 'no_such_task',
      message: `Run ${state.id} has no task ${name.slice(slash + 1)}.`,
      next: [`tina tasks ${state.id}`],
    });
  }
  throw new TinaError({
    code: 'no_such_task',
    message: `There is no task ${name}.`,
    next: [`tina task <run>/${name}`, 'tina tasks'],
  });
}
