import type { KnownRun, Remain, Remains } from '@tina/contract';
import type { RunState } from '@tina/domain';
import type { Store } from '@tina/store';
import type { RunExecutor } from '../../executor/run-executor.ts';
import { byHand, type Finding } from './finding.ts';
import { findOrphans, type KnownStates, type Orphan } from './compare-remains.ts';
import { type RunReport, verifyRun } from './verify-run.ts';

export interface VerifyDependencies {
  readonly store: Store;
  readonly executor: RunExecutor;
  /** Null: there is no machine to look at, only the store. */
  readonly remains: Remains | null;
}

/** All that was found: run by run, and of no run. */
export interface Look {
  readonly runs: readonly RunReport[];
  readonly home: readonly Finding[];
}

const ALL_RUNS = 1_000_000;

/** Looks at one run; or at all of them, at the database itself and at what belongs to no run. */
export async function look(dependencies: VerifyDependencies, runId: string | null): Promise<Look> {
  const { store } = dependencies;
  const ids = runId === null ? (await store.listRuns({ limit: ALL_RUNS })).map(({ id }) => id) : [runId];
  const reports: RunReport[] = [];
  for (const id of ids) reports.push(await verifyRun(store, id));
  const orphans = await lookAtMachine(dependencies, reports, runId === null);
  const runs = reports.map((report) => {
    const own = orphans.filter((orphan) => orphan.runId === report.runId);
    return { ...report, findings: [...report.findings, ...own.map(({ finding }) => finding)] };
  });
  const ofNone = orphans.filter((orphan) => orphan.runId === null).map(({ finding }) => finding);
  return { runs, home: runId === null ? [...(await checkDatabase(store)), ...ofNone] : [] };
}

async function checkDatabase(store: Store): Promise<readonly Finding[]> {
  return (await store.checkIntegrity()).map((problem) =>
    byHand('database', 'tina.db', `the database is damaged: ${problem}`, [
      'tina daemon stop',
      'put a copy of tina.db from before in its place',
    ]),
  );
}

/**
 * The machine is looked at before and after the states are read, and only what was there both times counts: what came
 * meanwhile is not known yet, and what was on its way out is gone.
 */
async function lookAtMachine(
  { remains, store, executor }: VerifyDependencies,
  reports: readonly RunReport[],
  isAll: boolean,
): Promise<readonly Orphan[]> {
  if (remains === null) return [];
  const before = await remains.list(knownRuns(reports.flatMap(({ state }) => state ?? [])));
  const ids = isAll ? await allIds(store) : reports.map(({ runId }) => runId);
  // What is of a run that cannot be read cannot be told from what is nobody's.
  const isComplete = isAll && reports.every(({ state }) => state !== null);
  const known = await readStates(executor, ids, isComplete);
  const orphans = findOrphans(before, known);
  if (orphans.length === 0) return [];
  const after = new Set((await remains.list(knownRuns([...known.states.values()]))).map(nameOf));
  return orphans.filter(({ finding }) => after.has(nameOf(finding)));
}

function nameOf({ kind, name }: Pick<Remain, 'name'> & { readonly kind: string }): string {
  return `${kind} ${name}`;
}

async function allIds(store: Store): Promise<readonly string[]> {
  return (await store.listRuns({ limit: ALL_RUNS })).map(({ id }) => id);
}

async function readStates(
  executor: RunExecutor,
  ids: readonly string[],
  isComplete: boolean,
): Promise<KnownStates> {
  const states = new Map<string, RunState>();
  for (const id of ids) {
    const state = await executor.load(id).catch(() => null);
    if (state) states.set(id, state);
  }
  return { states, isComplete: isComplete && states.size === ids.length };
}

function knownRuns(states: readonly RunState[]): readonly KnownRun[] {
  return states.map(({ id, repository, attempts }) => ({
    runId: id,
    repository,
    attemptIds: Object.keys(attempts),
  }));
}
