import type { VerifyView } from '@tina/contract';
import { evolve, initialState, type RunState } from '@tina/domain';
import type { Store } from '@tina/store';
import { canonicalJson } from './canonical-json.ts';

const BATCH = 1_000;

/** Folds every event of a run from the first and compares with what is stored, in rows and in snapshots (G02). */
export async function verifyRun(store: Store, runId: string): Promise<VerifyView> {
  const problems: string[] = [];
  let folded: RunState | null = null;
  let events = 0;
  for (;;) {
    const batch = await store.readEvents({ runId, after: events, limit: BATCH });
    for (const stored of batch) {
      const { sequence: _, ...event } = stored;
      try {
        folded = folded === null ? initialState(event) : evolve(folded, event);
      } catch (error) {
        problems.push(`event ${event.number} (${event.type}) does not follow: ${(error as Error).message}`);
        return { runId, events, clean: false, problems };
      }
      events += 1;
    }
    if (batch.length < BATCH) break;
  }
  if (folded === null) problems.push('it has no events');
  else {
    problems.push(...compare('its rows', folded, await store.loadRows(runId)));
    problems.push(...compare('its newest snapshot', folded, await store.loadRun(runId)));
  }
  return { runId, events, clean: problems.length === 0, problems };
}

function compare(what: string, folded: RunState, stored: RunState | null): readonly string[] {
  if (stored === null) return [`${what} are missing`];
  const problems: string[] = [];
  for (const [field, value] of Object.entries(folded)) {
    const other = stored[field as keyof RunState];
    if (canonicalJson(value) === canonicalJson(other)) continue;
    problems.push(...differences(`${what}: ${field}`, value, other));
  }
  return problems;
}

/** Names the entities that differ, so that a person can look at them. */
function differences(where: string, expected: unknown, found: unknown): readonly string[] {
  const isCollection = expected !== null && typeof expected === 'object' && !Array.isArray(expected);
  if (!isCollection || found === null || typeof found !== 'object')
    return [`${where} differs from its events`];
  const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
  const differing = [...keys].filter(
    (key) =>
      canonicalJson((expected as Record<string, unknown>)[key]) !==
      canonicalJson((found as Record<string, unknown>)[key]),
  );
  return differing.map((key) => `${where} ${key} differs from its events`);
}
