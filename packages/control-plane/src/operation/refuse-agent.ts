import type { RefuseAgent } from '../server/serve.ts';
import { sha256 } from '../node/secrets.ts';
import { canonicalJson } from './canonical-json.ts';
import type { ControlActions } from './control-actions.ts';

/** Texts of this length and more are no part of what the log keeps of a refused try. */
const MAX_TEXT = 2_000;

/**
 * Logs an agent's try at a control action, with the run of the attempt. The same try of the same attempt is logged once,
 * so that an agent that goes on trying does not fill the store.
 */
export function createRefuseAgent(actions: ControlActions): RefuseAgent {
  return ({ name, input }, { runId, attemptId }, refusal) => {
    const payload = withoutLongTexts(input as Readonly<Record<string, unknown>>);
    const idempotencyKey = `refused ${attemptId} ${name} ${sha256(canonicalJson(payload))}`;
    const request = { kind: name, idempotencyKey, requestedBy: `agent ${attemptId}`, payload };
    return actions.once(request, (ticket) => {
      ticket.concerns(runId);
      return Promise.reject(refusal);
    });
  };
}

function withoutLongTexts(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { idempotencyKey: _, ...rest } = input;
  return Object.fromEntries(
    Object.entries(rest).filter(([, value]) => typeof value !== 'string' || value.length < MAX_TEXT),
  );
}
