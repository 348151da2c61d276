import { TinaError } from '@tina/contract';
import type { RunState, Task } from '@tina/domain';
import type { Store } from '@tina/store';
import type { RunExecutor } from '../executor/run-executor.ts';

const MAX_RUNS_OF_FEATURE = 1_000;

/**
 * A run by id, or by its feature where exactly one run has it (G04).
 *
 * @throws TinaError `no_such_run`, `ambiguous_run`
 */
export async function resolveRun(
  dependencies: { readonly store: Store; readonly executor: RunExecutor },
  name: string,
): Promise<RunState> {
  const { store, executor } = dependencies;
  const byId = await executor.load(name);
  if (byId) return byId;
  const byFeature = await store.listRuns({ feature: name, limit: MAX_RUNS_OF_FEATURE });
  if (byFeature.length > 1) {
    throw new TinaError({
      code: 'ambiguous_run',
      message: `${byFeature.length} runs have the feature ${name}: name one by its id.`,
      details: byFeature.map((run) => `${run.id}  ${run.status}  ${run.repository}`),
      next: byFeature.map((run) => `tina status ${run.id}`),
    });
  }
  const only = byFeature[0] && (await executor.load(byFeature[0].id));
  if (only) return only;
  throw new TinaError({ code: 'no_such_run', message: `There is no run ${name}.`, next: ['tina runs'] });
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
  throw new TinaError({ code: 'no_such_task', message: `There is no task ${name}.`, next: ['tina tasks'] });
}
