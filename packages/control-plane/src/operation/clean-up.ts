import type { CleanupItem, LeftoverQuery, Machine, ParsedInput } from '@tina/contract';
import { TinaError } from '@tina/contract';
import type { RunState } from '@tina/domain';
import type { RunSummary, Store } from '@tina/store';
import type { RunExecutor } from '../executor/run-executor.ts';
import { resolveRun } from '../query/resolve.ts';
import type { ControlActions } from './control-actions.ts';

const ALL_RUNS = 1_000_000;

interface CleanUpDependencies {
  readonly store: Store;
  readonly executor: RunExecutor;
  readonly machine: Machine;
  readonly actions: ControlActions;
}

/**
 * Removes what ended runs left on the machine, and in the store what only a run under way needs, or says what it would
 * remove; running ones are never touched.
 */
export async function cleanUp(
  dependencies: CleanUpDependencies,
  input: ParsedInput<'run.cleanup'>,
  requestedBy: string,
): Promise<CleanupItem[]> {
  const { machine, actions } = dependencies;
  const { idempotencyKey, dryRun, ...payload } = input;
  if (dryRun) return [...(await machine.findLeftovers(await leftoverQueries(dependencies, input.run)))];
  return actions.once({ kind: 'run.cleanup', idempotencyKey, requestedBy, payload }, async (ticket) => {
    const queries = await leftoverQueries(dependencies, input.run);
    if (input.run !== undefined && queries[0]) ticket.concerns(queries[0].runId);
    const done = await machine.removeLeftovers(await machine.findLeftovers(queries), queries);
    await dependencies.store.forgetEnded({ runIds: queries.map(({ runId }) => runId) });
    return { kind: 'to-log', answer: [...done] };
  });
}

async function leftoverQueries(
  dependencies: CleanUpDependencies,
  name: string | undefined,
): Promise<readonly LeftoverQuery[]> {
  if (name !== undefined) {
    const state = await resolveRun(dependencies, name);
    const { projectId, feature } = state;
    const runs = await dependencies.store.listRuns({ projectId, feature, limit: ALL_RUNS });
    if (state.control === 'ended') return [leftoverQuery(state, runs)];
    throw new TinaError({
      code: 'run_active',
      message: `Run ${state.id} has not ended; only what ended runs left is cleaned up.`,
      next: [`tina cancel ${state.id}`],
    });
  }
  const queries: LeftoverQuery[] = [];
  const runs = await dependencies.store.listRuns({ limit: ALL_RUNS });
  for (const { id, endedAt } of runs) {
    const state = endedAt === null ? null : await dependencies.executor.load(id);
    if (state) queries.push(leftoverQuery(state, runs));
  }
  return queries;
}

/** What the machine is asked of a run. `runs`: those that may have its branch as well. */
export function leftoverQuery(state: RunState, runs: readonly RunSummary[]): LeftoverQuery {
  const { id, repository, branch, createdAt } = state;
  const isBranchInUse = runs.some(
    (other) =>
      other.id !== id &&
      other.repository === repository &&
      other.branch === branch &&
      (other.endedAt === null || other.createdAt > createdAt),
  );
  return {
    runId: id,
    repository,
    branch,
    tip: state.tip,
    isBranchInUse,
    baseBranch: state.baseBranch,
    attemptIds: Object.keys(state.attempts),
  };
}
