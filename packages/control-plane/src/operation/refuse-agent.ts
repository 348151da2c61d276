import { TinaError } from '@tina/contract';
import type { Store } from '@tina/store';
import type { RefuseAgent } from '../server/serve.ts';
import { sha256 } from '../node/secrets.ts';
import { canonicalJson } from './canonical-json.ts';
import type { ActionRequest, ControlActions } from './control-actions.ts';

/** Texts of this length and more are no part of what the log keeps of a refused try. */
const MAX_TEXT = 2_000;

/** Who reads the log has seen by then what the attempt is after; one that tries in a loop must not fill the store. */
const MAX_TRIES = 100;

/** Actions of a run that are read at once. */
const PAGE = 500;

/**
 * Logs an agent's try at a control action, with the run of the attempt. The same try of the same attempt is logged once, and
 * so many different ones at most, with a last entry that says so: an agent that goes on trying does not fill the store.
 */
export function createRefuseAgent(actions: ControlActions, store: Pick<Store, 'readActions'>): RefuseAgent {
  /** The keys of each attempt's tries that are in the log; read from there once. */
  const logged = new Map<string, Promise<Set<string>>>();

  function refuse(request: ActionRequest, runId: string, refusal: TinaError): Promise<never> {
    return actions.once(request, (ticket) => {
      ticket.concerns(runId);
      return Promise.reject(refusal);
    });
  }

  return async ({ name, input }, { runId, attemptId }, refusal) => {
    const requestedBy = `agent ${attemptId}`;
    const reading = logged.get(attemptId) ?? keysOf(store, runId, requestedBy);
    logged.set(attemptId, reading);
    const keys = await reading;
    const payload = withoutLongTexts(input as Readonly<Record<string, unknown>>);
    const idempotencyKey = `refused ${attemptId} ${name} ${sha256(canonicalJson(payload))}`;
    if (keys.size < MAX_TRIES || keys.has(idempotencyKey)) {
      keys.add(idempotencyKey);
      return refuse({ kind: name, idempotencyKey, requestedBy, payload }, runId, refusal);
    }
    const last = {
      kind: 'agent.refused',
      idempotencyKey: `refused ${attemptId} more`,
      requestedBy,
      payload: {},
    };
    await refuse(last, runId, tooMany(attemptId)).catch(ignoreRefusal);
    throw refusal;
  };
}

async function keysOf(
  store: Pick<Store, 'readActions'>,
  runId: string,
  requestedBy: string,
): Promise<Set<string>> {
  const keys = new Set<string>();
  for (let after = 0; ;) {
    const page = await store.readActions({ runId, after, fromEvent: 0, limit: PAGE });
    for (const action of page) if (action.requestedBy === requestedBy) keys.add(action.idempotencyKey);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return keys;
    after = last.sequence;
  }
}

function tooMany(attemptId: string): TinaError {
  return new TinaError({
    code: 'not_allowed',
    message: `More tries of attempt ${attemptId} were refused. After ${MAX_TRIES} they are no longer written down.`,
  });
}

function ignoreRefusal(error: unknown): void {
  if (!(error instanceof TinaError)) throw error;
}

function withoutLongTexts(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { idempotencyKey: _, ...rest } = input;
  return Object.fromEntries(
    Object.entries(rest).filter(([, value]) => typeof value !== 'string' || value.length < MAX_TEXT),
  );
}
