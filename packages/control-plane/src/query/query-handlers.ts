import { type Machine, type Remains, type RunSummaryView, type RunView, TinaError } from '@tina/contract';
import type { RunState, RunStatus, Task } from '@tina/domain';
import type { RunSummary, Store } from '@tina/store';
import type { DesignReader } from '../design/design-reader.ts';
import type { EventBus } from '../executor/event-bus.ts';
import type { RunExecutor } from '../executor/run-executor.ts';
import { verify } from '../operation/verify/verify.ts';
import type { Handlers } from '../server/handler.ts';
import { actionView } from './action-view.ts';
import { resolveRun, resolveRunId, resolveTask } from './resolve.ts';
import {
  attemptView,
  eventView,
  gateView,
  orderedTasks,
  runView,
  taskDetailView,
  taskView,
} from './run-view.ts';
import { usageView } from './usage-view.ts';
import { watchEvents, watchRun, watchTimeline } from './subscriptions.ts';
import { readTimeline } from './timeline.ts';

export interface QueryDependencies {
  readonly store: Store;
  readonly executor: RunExecutor;
  readonly designs: DesignReader;
  readonly machine: Machine;
  readonly bus: EventBus;
  readonly remains: Remains | null;
}

/** More runs than one store will ever hold. */
const ALL_RUNS = 1_000_000;

type RunQuery = 'run.list' | 'run.get' | 'run.commits' | 'run.watch' | 'run.verify';
type PartQuery = 'usage.get' | 'task.list' | 'task.get' | 'gate.list' | 'attempt.get';
type RecordQuery = 'event.list' | 'event.watch' | 'action.list' | 'timeline.list' | 'timeline.watch';

/** Answers that change nothing. */
export function createQueries(
  dependencies: QueryDependencies,
): Pick<Handlers, RunQuery | PartQuery | RecordQuery> {
  return {
    ...createRunQueries(dependencies),
    ...createPartQueries(dependencies),
    ...createRecordQueries(dependencies),
  };
}

function createRunQueries(dependencies: QueryDependencies): Pick<Handlers, RunQuery> {
  const { store, machine, bus } = dependencies;
  return {
    'run.list': async ({ active, limit }) => (await store.listRuns({ active, limit })).map(summaryView),
    'run.get': async ({ run }) => currentView(dependencies, await resolveRun(dependencies, run)),
    'run.commits': async ({ run }) => {
      const { repository, baseCommit, tip } = await resolveRun(dependencies, run);
      return tip === null ? [] : [...(await machine.listCommits({ repository, from: baseCommit, to: tip }))];
    },
    async *'run.watch'({ run }, { signal }) {
      const id = await resolveRunId(store, run);
      const view = async (): Promise<RunView> =>
        currentView(dependencies, await resolveRun(dependencies, id));
      yield* watchRun({ bus, view }, id, signal);
    },
    'run.verify': async ({ run }) =>
      verify(dependencies, run === undefined ? null : await resolveRunId(store, run)),
  };
}

function createPartQueries(dependencies: QueryDependencies): Pick<Handlers, PartQuery> {
  return {
    'usage.get': async ({ run, by }) =>
      usageView(await resolveRun(dependencies, run), by, await dependencies.store.now()),
    'task.list': async ({ run }) => {
      const state = await resolveRun(dependencies, run);
      return orderedTasks(state).map((task) => taskView(state, task));
    },
    'task.get': async ({ task: name }) => {
      const { state, task } = await resolveTask(dependencies, name);
      return taskDetailView(state, task, await planText(dependencies, state, task));
    },
    'gate.list': async ({ run }) => {
      const ids = await runIds(dependencies, run, true);
      const states = await Promise.all(ids.map((id) => resolveRun(dependencies, id)));
      return states.flatMap((state) =>
        Object.values(state.gates)
          .filter((gate) => gate.status === 'open')
          .map((gate) => gateView(state, gate)),
      );
    },
    'attempt.get': ({ attempt }) => attemptDetails(dependencies, attempt),
  };
}

function createRecordQueries({ store, bus }: QueryDependencies): Pick<Handlers, RecordQuery> {
  const idOf = async (run: string | undefined): Promise<string | null> =>
    run === undefined ? null : await resolveRunId(store, run);
  return {
    'event.list': async ({ run, after, limit }) =>
      (await store.readEvents({ runId: await idOf(run), after, limit })).map(eventView),
    async *'event.watch'({ run, after }, { signal }) {
      yield* watchEvents({ store, bus }, { runId: await idOf(run), after }, signal);
    },
    'action.list': async ({ run, after, limit }) => {
      const range = { runId: await idOf(run), after, fromEvent: 0, limit };
      return (await store.readActions(range)).map(actionView);
    },
    'timeline.list': async ({ run, ...range }) => [
      ...(await readTimeline(store, await resolveRunId(store, run), range)),
    ],
    async *'timeline.watch'({ run, ...cursor }, { signal }) {
      yield* watchTimeline({ store, bus }, { ...cursor, runId: await resolveRunId(store, run) }, signal);
    },
  };
}

/** What the planner handed in, for a task that plans; null before that, and for any other. */
async function planText(
  { store }: QueryDependencies,
  state: RunState,
  { kind, phase }: Task,
): Promise<string | null> {
  if (kind !== 'plan-phase') return null;
  const plan = state.phases.find(({ number }) => number === phase)?.plan ?? null;
  return plan && (await store.readDocument(plan.document));
}

async function runIds(
  dependencies: QueryDependencies,
  run: string | undefined,
  active: boolean,
): Promise<readonly string[]> {
  if (run !== undefined) return [await resolveRunId(dependencies.store, run)];
  return (await dependencies.store.listRuns({ active, limit: ALL_RUNS })).map(({ id }) => id);
}

async function currentView({ store, designs }: QueryDependencies, state: RunState): Promise<RunView> {
  const { path: designPath } = await designs.read(state.designRevisionId);
  const [last] = await store.readEvents({ runId: state.id, after: state.revision - 1, limit: 1 });
  const now = await store.now();
  return runView(state, { designPath, now, updatedAt: last?.at ?? state.createdAt });
}

type AttemptDetails = Awaited<ReturnType<Handlers['attempt.get']>>;

async function attemptDetails(
  { store, executor, machine }: QueryDependencies,
  attemptId: string,
): Promise<AttemptDetails> {
  const runId = await store.findOwner('attempt', attemptId);
  const state = runId === null ? null : await executor.load(runId);
  const attempt = state?.attempts[attemptId];
  if (!state || !attempt) {
    throw new TinaError({
      code: 'no_such_attempt',
      message: `There is no attempt ${attemptId}.`,
      next: ['tina tasks'],
    });
  }
  const directory = machine.attemptDirectory(attemptId);
  const attachCommand = await machine.attachCommand(attemptId);
  return {
    ...attemptView(state, attempt),
    directory,
    outputPath: `${directory}/output.log`,
    attachCommand: attachCommand && [...attachCommand],
  };
}

function summaryView(run: RunSummary): RunSummaryView {
  const { id, feature, repository, branch, createdAt, updatedAt, endedAt } = run;
  return { id, feature, status: run.status as RunStatus, repository, branch, createdAt, updatedAt, endedAt };
}
