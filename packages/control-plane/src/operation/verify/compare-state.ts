import { type RunState, runStatus } from '@tina/domain';
import type { Store } from '@tina/store';
import { canonicalJson } from '../canonical-json.ts';
import { byHand, type Finding, inStore, type StorePatch } from './finding.ts';
import { asText, type Replay, restore } from './replay-run.ts';

/** A state as the store has it: from the run's rows, or from its newest snapshot. */
export interface Stored {
  readonly kind: 'rows' | 'snapshot';
  readonly state: RunState | null;
  readonly problems: readonly string[];
}

const NAMES = { rows: 'its rows', snapshot: 'its newest snapshot' } as const;

/** How each is made anew from the events. */
const PATCHES: Readonly<Record<Stored['kind'], StorePatch>> = {
  rows: { replacesRows: true },
  snapshot: { dropsSnapshots: true },
};

export async function readStored(
  kind: Stored['kind'],
  read: () => Promise<RunState | null>,
): Promise<Stored> {
  try {
    const state = await read();
    return { kind, state, problems: state ? [] : [`${NAMES[kind]}: missing`] };
  } catch (error) {
    return { kind, state: null, problems: [`${NAMES[kind]} cannot be read: ${asText(error)}`] };
  }
}

/**
 * What differs from the events (G02). Rows and snapshots are made from the events, and can be so anew. A snapshot at once, where
 * rows and events say the same; rows only when somebody says so, since it might be an event that was changed.
 */
export function compareStored(stored: readonly Stored[], replay: Replay, runId: string): readonly Finding[] {
  const areRowsRight = stored.every((each) => each.kind !== 'rows' || compare(each, replay).length === 0);
  return stored.flatMap((each) => {
    const { kind, state } = each;
    const isMendable = replay.last !== null && (state === null || replay.at.has(state.revision));
    return compare(each, replay).map((message) =>
      isMendable
        ? inStore({ kind, name: runId, message }, runId, PATCHES[kind], areRowsRight ? 'safe' : 'ask')
        : byHand(kind, runId, message, restore(runId)),
    );
  });
}

function compare({ kind, state, problems }: Stored, replay: Replay): readonly string[] {
  // Without a fold there is nothing to compare with, and that is said already.
  if (state === null || replay.last === null) return problems;
  const what = NAMES[kind];
  const expected = replay.at.get(state.revision);
  if (!expected) return [`${what} are at event ${state.revision}, but there are ${replay.events} events`];
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
export async function compareStatus(store: Store, last: RunState | null): Promise<readonly Finding[]> {
  if (!last) return [];
  const { projectId, feature, id, revision } = last;
  const listed = await store.listRuns({ projectId, feature, limit: ALL_RUNS });
  const row = listed.find((run) => run.id === id);
  if (!row || row.revision !== revision || row.status === runStatus(last)) return [];
  const message = `its status in lists is ${row.status}; by its events it is ${runStatus(last)}`;
  return [inStore({ kind: 'copy', name: id, message }, id, {})];
}

const ALL_RUNS = 1_000_000;
