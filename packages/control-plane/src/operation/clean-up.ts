import type { CleanupItem, LeftoverQuery, Machine, ParsedInput } from '@tina/contract';
import { TinaError } from '@tina/contract';
import type { RunState } from '@tina/domain';
import type { Store } from '@tina/store';
import type { RunExecutor } from '../executor/run-executor.ts';
import { resolveRun } from '../query/resolve.ts';
import type { ControlActions } from './control-actions.ts';

const ALL_RUNS = 1_000_000;

/** Removes what ended runs left on the machine, or says what it would remove; running ones are never touched. */
export async function cleanUp(
  dependencies: {
    readonly store: Store;
    readonly executor: RunExecutor;
    readonly machine: Machine;
    readonly actions: ControlActions;
  },
  input: ParsedInput<'run.cleanup'>,
  requestedBy: string,
): Promise<CleanupItem[]> {
  const { store, machine, actions } = dependencies;
  const before = input.dryRun ? null : await store.findAction(input.idempotencyKey);
  if (before) return actions.answerOf(before) as CleanupItem[];
  const states = await endedRuns(dependencies, input.run);
  const queries = states.map(leftoverQuery);
  const items = [...(await machine.findLeftovers(queries))];
  if (input.dryRun) return items;
  await machine.removeLeftovers(
    items.filter((item) => item.action === 'remove'),
    queries,
  );
  const { idempotencyKey, ...payload } = input;
  const at = await store.now();
  const runId = input.run === undefined ? null : (states[0]?.id ?? null);
  const action = actions.record({
    idempotencyKey,
    runId,
    kind: 'run.cleanup',
    requestedBy,
    payload,
    outcome: { ok: true, answer: items },
    at,
  });
  await store.commit({ run: null, completesJob: null, firesTimer: null, documents: [], tokens: [], action });
  return items;
}

async function endedRuns(
  dependencies: { readonly store: Store; readonly executor: RunExecutor },
  name: string | undefined,
): Promise<readonly RunState[]> {
  if (name !== undefined) {
    const state = await resolveRun(dependencies, name);
    if (state.control === 'ended') return [state];
    throw new TinaError({
      code: 'run_active',
      message: `Run ${state.id} has not ended; only what ended runs left is cleaned up.`,
      next: [`tina cancel ${state.id}`],
    });
  }
  const states: RunState[] = [];
  for (const { id, endedAt } of await dependencies.store.listRuns({ limit: ALL_RUNS })) {
    const state = endedAt === null ? null : await dependencies.executor.load(id);
    if (state) states.push(state);
  }
  return states;
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
