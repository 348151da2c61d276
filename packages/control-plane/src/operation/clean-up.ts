import type { CleanupItem, LeftoverQuery, Machine, ParsedInput } from '@tina/contract';
import { TinaError } from '@tina/contract';
import type { RunState } from '@tina/domain';
import type { Store } from '@tina/store';
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

/** Removes what ended runs left on the machine, or says what it would remove; running ones are never touched. */
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
    const items = [...(await machine.findLeftovers(queries))];
    await machine.removeLeftovers(
      items.filter((item) => item.action === 'remove'),
      queries,
    );
    return { kind: 'to-log', answer: items };
  });
}

async function leftoverQueries(
  dependencies: CleanUpDependencies,
  name: string | undefined,
): Promise<readonly LeftoverQuery[]> {
  if (name !== undefined) {
    const state = await resolveRun(dependencies, name);
    if (state.control === 'ended') return [leftoverQuery(state)];
    throw new TinaError({
      code: 'run_active',
      message: `Run ${state.id} has not ended; only what ended runs left is cleaned up.`,
      next: [`tina cancel ${state.id}`],
    });
  }
  const queries: LeftoverQuery[] = [];
  for (const { id, endedAt } of await dependencies.store.listRuns({ limit: ALL_RUNS })) {
    const state = endedAt === null ? null : await dependencies.executor.load(id);
    if (state) queries.push(leftoverQuery(state));
  }
  return queries;
}

function leftoverQuery(state: RunState): LeftoverQuery {
  return {
    runId: state.id,
    repository: state.repository,
    branch: state.branch,
    baseBranch: state.baseBranch,
    attemptIds: Object.keys(state.attempts),
  };
}
