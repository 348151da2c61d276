import type { RunState } from '@tina/domain';
import { isDeepStrictEqual } from 'node:util';
import { fold } from '../../contract-suite/toy-run.ts';
import type { Store, StoredEvent } from '../../store.ts';
import { COMMIT_EVENTS } from './whole-commit.ts';

/** What the store was told, by those who wrote to it. */
export interface Told {
  /** Ids of the commits that were acknowledged. */
  readonly acknowledged: ReadonlySet<string>;
  /** How many commits may be there that nobody heard of: one for each process that was killed. */
  readonly mayBeUnheard: number;
}

export interface Checked {
  readonly commits: number;
  /** Commits of killed processes that were kept before they could say so. */
  readonly unheard: number;
  readonly events: number;
  readonly runs: number;
  readonly problems: readonly string[];
}

const ALL = 100_000_000;

/** Looks at all that is stored: whole, without a gap, without a double, and nothing that was acknowledged is missing. */
export async function checkStore(store: Store, told: Told): Promise<Checked> {
  const events = await store.readEvents({ runId: null, after: 0, limit: ALL });
  const runs = await store.listRuns({ limit: ALL });
  const found = commitsOf(events);
  const unheard = [...found].filter((id) => !told.acknowledged.has(id));
  const lost = [...told.acknowledged].filter((id) => !found.has(id));
  const problems = [
    ...(await store.checkIntegrity()),
    ...lost.map((id) => `commit ${id} was acknowledged and is not there`),
    ...(unheard.length > told.mayBeUnheard ? [`${unheard.length} commits are there that nobody made`] : []),
    ...checkSequence(events),
    ...(await checkParts(store, found)),
  ];
  for (const { id } of runs) problems.push(...(await checkRun(store, id)));
  return { commits: found.size, unheard: unheard.length, events: events.length, runs: runs.length, problems };
}

function commitsOf(events: readonly StoredEvent[]): ReadonlySet<string> {
  return new Set(events.flatMap((event) => (event.type === 'task.added' ? [event.data.id] : [])));
}

/** A rolled back transaction gives its sequences back, so that nothing is left out. */
function checkSequence(events: readonly StoredEvent[]): readonly string[] {
  const wrong = events.findIndex(({ sequence }, index) => sequence !== index + 1);
  return wrong === -1 ? [] : [`event ${wrong + 1} of all has the sequence ${events[wrong]?.sequence}`];
}

/** Each commit has each of its rows exactly once. */
async function checkParts(store: Store, commits: ReadonlySet<string>): Promise<readonly string[]> {
  const jobs = await store.listJobs({});
  const timers = await store.dueTimers(ALL, ALL);
  const actions = await store.readActions({ runId: null, after: 0, fromEvent: 0, limit: ALL });
  const problems = [
    ...compareIds(
      'jobs',
      jobs.map(({ job }) => job.jobId),
      commits,
    ),
    ...compareIds(
      'timers',
      timers.map(({ id }) => id),
      commits,
    ),
    ...compareIds(
      'actions',
      actions.map(({ idempotencyKey }) => idempotencyKey),
      commits,
    ),
  ];
  for (const id of commits) {
    if ((await store.findToken(id)) === null) problems.push(`commit ${id} is without its token`);
    if ((await store.readDocument(id)) === null) problems.push(`commit ${id} is without its document`);
  }
  return problems;
}

function compareIds(what: string, ids: readonly string[], commits: ReadonlySet<string>): readonly string[] {
  const there = new Set(ids);
  return [
    ...(there.size === ids.length ? [] : [`${ids.length - there.size} ${what} are there twice`]),
    ...ids.filter((id) => !commits.has(id)).map((id) => `${what}: ${id} belongs to no commit`),
    ...[...commits].filter((id) => !there.has(id)).map((id) => `${what}: that of commit ${id} is missing`),
  ];
}

/** Events without a gap, each commit's together, and replay equals state (G02). */
async function checkRun(store: Store, runId: string): Promise<readonly string[]> {
  const events = await store.readEvents({ runId, after: 0, limit: ALL });
  const gap = events.findIndex(({ number }, index) => number !== index + 1);
  if (gap !== -1) return [`${runId}: event ${gap + 1} has the number ${events[gap]?.number}`];
  const torn = events
    .slice(1)
    .findIndex(({ type }, index) => type !== COMMIT_EVENTS[index % COMMIT_EVENTS.length]);
  const folded = fold(null, events);
  return [
    ...(torn === -1 ? [] : [`${runId}: event ${torn + 2} is not the next of its commit`]),
    ...differs(`${runId}: its state`, await store.loadRun(runId), folded),
    ...differs(`${runId}: its rows`, await store.loadRows(runId), folded),
  ];
}

function differs(what: string, found: RunState | null, folded: RunState): readonly string[] {
  return isDeepStrictEqual(found, folded) ? [] : [`${what} is not what its events fold to`];
}
