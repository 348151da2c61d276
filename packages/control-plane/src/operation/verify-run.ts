import type { VerifyView } from '@tina/contract';
import { evolve, initialState, type RunState, runStatus } from '@tina/domain';
import { type Store, StoreError } from '@tina/store';
import { canonicalJson } from './canonical-json.ts';

const BATCH = 1_000;

/**
 * Folds every event of a run from the first and compares with what is stored, in rows and in snapshots (G02). A run may go
 * on meanwhile: what is stored is read first, and compared with the fold at its own revision.
 */
export async function verifyRun(store: Store, runId: string): Promise<VerifyView> {
  const stored = [
    await readStored('its rows', () => store.loadRows(runId)),
    await readStored('its newest snapshot', () => store.loadRun(runId)),
  ];
  const folded = await fold(
    store,
    runId,
    stored.flatMap(({ state }) => (state ? [state.revision] : [])),
  );
  const problems = [
    ...folded.problems,
    ...stored.flatMap((each) => compare(each, folded)),
    ...(await compareStatus(store, folded.last)),
  ];
  return { runId, events: folded.events, clean: problems.length === 0, problems };
}

interface Stored {
  readonly what: string;
  readonly state: RunState | null;
  readonly problems: readonly string[];
}

async function readStored(what: string, read: () => Promise<RunState | null>): Promise<Stored> {
  try {
    const state = await read();
    return { what, state, problems: state ? [] : [`${what}: missing`] };
  } catch (error) {
    return { what, state: null, problems: [`${what} cannot be read: ${asText(error)}`] };
  }
}

interface Folded {
  readonly events: number;
  readonly last: RunState | null;
  /** The states at the revisions that were asked for. */
  readonly at: ReadonlyMap<number, RunState>;
  readonly problems: readonly string[];
}

async function fold(store: Store, runId: string, revisions: readonly number[]): Promise<Folded> {
  const at = new Map<number, RunState>();
  let last: RunState | null = null;
  let events = 0;
  const broken = (problem: string): Folded => ({ events, last: null, at, problems: [problem] });
  for (let isMore = true; isMore;) {
    const batch = await store.readEvents({ runId, after: events, limit: BATCH }).catch(asText);
    if (typeof batch === 'string') return broken(`events after ${events} cannot be read: ${batch}`);
    for (const { sequence: _, ...event } of batch) {
      try {
        last = last === null ? initialState(event) : evolve(last, event);
      } catch (error) {
        return broken(`event ${event.number} (${event.type}) does not follow: ${messageOf(error)}`);
      }
      events += 1;
      if (revisions.includes(events)) at.set(events, last);
    }
    isMore = batch.length === BATCH;
  }
  return { events, last, at, problems: events === 0 ? ['it has no events'] : [] };
}

/** What is wrong with the run. What is wrong with the database is thrown on. */
function asText(error: unknown): string {
  if (error instanceof StoreError) throw error;
  return messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function compare({ what, state, problems }: Stored, folded: Folded): readonly string[] {
  // Without a fold there is nothing to compare with, and that is said already.
  if (state === null || folded.last === null) return problems;
  const expected = folded.at.get(state.revision);
  if (!expected) return [`${what} are at event ${state.revision}, but there are ${folded.events} events`];
  const fields = new Set([...Object.keys(expected), ...Object.keys(state)]) as ReadonlySet<keyof RunState>;
  return [...fields].flatMap((field) => {
    if (canonicalJson(expected[field]) === canonicalJson(state[field])) return [];
    return differences(`${what}: ${field}`, expected[field], state[field]);
  });
}

/** Names the entities that differ, so that a person can look at them. */
function differences(where: string, expected: unknown, found: unknown): readonly string[] {
  if (!isCollection(expected) || !isCollection(found)) return [`${where} differs from its events`];
  const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...keys]
    .filter((key) => canonicalJson(expected[key]) !== canonicalJson(found[key]))
    .map((key) => `${where} ${key} differs from its events`);
}

function isCollection(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The status in lists is a copy of its own. */
async function compareStatus(store: Store, last: RunState | null): Promise<readonly string[]> {
  if (!last) return [];
  const { projectId, feature, id, revision } = last;
  const listed = await store.listRuns({ projectId, feature, limit: ALL_RUNS });
  const row = listed.find((run) => run.id === id);
  if (!row || row.revision !== revision || row.status === runStatus(last)) return [];
  return [`its status in lists is ${row.status}; by its events it is ${runStatus(last)}`];
}

const ALL_RUNS = 1_000_000;
