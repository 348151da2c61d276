import { type ErrorData, TinaError } from '@tina/contract';
import { type RunCommand, type RunState, runStatus } from '@tina/domain';
import type { ControlAction, Store } from '@tina/store';
import type { RunExecutor } from '../executor/run-executor.ts';

/** What a control action came to, as it is answered again for the same key. */
type Recorded =
  | { readonly ok: true; readonly answer: unknown }
  | { readonly ok: false; readonly error: ErrorData };

export interface ControlActions {
  /** Carries out an operator's command on a run, once for each idempotency key (G03), and logs it (G28). */
  perform(request: {
    readonly runId: string;
    readonly kind: string;
    readonly idempotencyKey: string;
    readonly requestedBy: string;
    readonly payload: unknown;
    readonly command: RunCommand;
  }): Promise<{ readonly runId: string; readonly status: string }>;
  /** The log's entry for an action. */
  record(entry: {
    readonly idempotencyKey: string;
    readonly runId: string | null;
    readonly kind: string;
    readonly requestedBy: string;
    readonly payload: unknown;
    readonly outcome: Recorded;
    readonly at: number;
  }): ControlAction;
  /**
   * What the action answered the first time.
   *
   * @throws TinaError when it was refused then
   */
  answerOf(action: ControlAction): unknown;
}

export function createControlActions(dependencies: {
  readonly store: Store;
  readonly executor: RunExecutor;
  readonly newId: () => string;
}): ControlActions {
  const { store, executor, newId } = dependencies;

  const actions: ControlActions = {
    async perform({ runId, kind, idempotencyKey, requestedBy, payload, command }) {
      const before = await store.findAction(idempotencyKey);
      if (before) return actions.answerOf(before) as { runId: string; status: string };
      const at = await store.now();
      const entry = { idempotencyKey, runId, kind, requestedBy, payload, at };
      const executed = await executor.execute(runId, command, {
        action: (outcome) =>
          actions.record({
            ...entry,
            outcome: outcome.ok
              ? { ok: true, answer: accepted(outcome.state) }
              : { ok: false, error: refusal(outcome.rejection).toData() },
          }),
      });
      if (executed.kind === 'done') return accepted(executed.state);
      if (executed.kind === 'rejected') throw refusal(executed.rejection);
      if (executed.kind === 'refused' && executed.result.kind === 'duplicate-action') {
        return actions.answerOf(executed.result.action) as { runId: string; status: string };
      }
      throw new TinaError({ code: 'no_such_run', message: `There is no run ${runId}.`, next: ['tina runs'] });
    },
    record({ idempotencyKey, runId, kind, requestedBy, payload, outcome, at }) {
      return {
        id: `c${newId()}`,
        idempotencyKey,
        runId,
        kind,
        requestedBy,
        payload: JSON.stringify(payload),
        outcome: outcome.ok ? 'done' : 'rejected',
        reasonCode: outcome.ok ? null : outcome.error.code,
        answer: JSON.stringify(outcome),
        requestedAt: at,
      };
    },
    answerOf(action) {
      const recorded = JSON.parse(action.answer) as Recorded;
      if (recorded.ok) return recorded.answer;
      throw TinaError.fromData(recorded.error);
    },
  };
  return actions;
}

function accepted(state: RunState): { readonly runId: string; readonly status: string } {
  return { runId: state.id, status: runStatus(state) };
}

function refusal(rejection: {
  readonly code: string;
  readonly message: string;
  readonly next: readonly string[];
}): TinaError {
  return new TinaError(rejection);
}
