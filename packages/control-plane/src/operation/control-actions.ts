import { type ErrorData, type ErrorParameters, TinaError } from '@tina/contract';
import { type OperatorCommand, type Rejection, type RunState, runStatus } from '@tina/domain';
import type { ControlAction, Store } from '@tina/store';
import type { EventBus } from '../executor/event-bus.ts';
import { createKeyedMutex } from '../executor/keyed-mutex.ts';
import type { RunExecutor } from '../executor/run-executor.ts';
import { canonicalJson } from './canonical-json.ts';

/** What somebody asks for. */
export interface ActionRequest {
  readonly kind: string;
  readonly idempotencyKey: string;
  readonly requestedBy: string;
  readonly payload: unknown;
}

/** What carries a request out. */
export interface ActionTicket {
  /** Which run the request turned out to be about. */
  concerns(runId: string): void;
  /** The log's entry, for the transaction that does what was asked. */
  entry(answer: unknown): ControlAction;
}

/** `logged`: by the transaction that did it. `repeated`: another call with the same key did it meanwhile. */
export type Carried<Answer> =
  | { readonly kind: 'logged' | 'to-log'; readonly answer: Answer }
  | { readonly kind: 'repeated' };

export interface ControlActions {
  /**
   * Carries a request out once for its key, and logs who asked for what and what came of it, also when it was refused
   * (G28). The same request again gets the same answer without being carried out (G03).
   *
   * @throws TinaError `idempotency_key_reused` when the key belongs to another request, and whatever refuses the request
   */
  once<Answer>(
    request: ActionRequest,
    carryOut: (ticket: ActionTicket) => Promise<Carried<Answer>>,
  ): Promise<Answer>;
  /**
   * Has a run follow the operator's command, and answers with what its state says then.
   *
   * @throws TinaError when the run rejects it
   */
  carryOut<Answer>(
    ticket: ActionTicket,
    runId: string,
    command: OperatorCommand,
    answerOf: (state: RunState) => Answer,
    explain?: (rejection: Rejection) => ErrorParameters,
  ): Promise<Carried<Answer>>;
  /**
   * Has a run follow the operator's command, and answers with its status.
   *
   * @throws TinaError when the run rejects it
   */
  command(
    ticket: ActionTicket,
    runId: string,
    command: OperatorCommand,
    /** Says a rejection otherwise than it says itself. */
    explain?: (rejection: Rejection) => ErrorParameters,
  ): Promise<Carried<{ runId: string; status: string }>>;
}

/** What a control action came to, as it is answered again for the same key. */
export type RecordedOutcome =
  | { readonly ok: true; readonly answer: unknown }
  | { readonly ok: false; readonly error: ErrorData };

export function createControlActions(dependencies: {
  readonly store: Store;
  readonly executor: RunExecutor;
  readonly bus: EventBus;
  readonly newId: () => string;
}): ControlActions {
  const { store, executor, bus, newId } = dependencies;
  const mutex = createKeyedMutex();

  async function log(action: ControlAction): Promise<ControlAction> {
    const nothing = { run: null, completesJob: null, firesTimer: null, documents: [], tokens: [] };
    const result = await store.commit({ ...nothing, action });
    if (result.kind === 'duplicate-action') return result.action;
    if (action.runId !== null) bus.publish({ runId: action.runId, hasEvents: false });
    return action;
  }

  async function first<Answer>(
    request: ActionRequest,
    carryOut: (ticket: ActionTicket) => Promise<Carried<Answer>>,
  ): Promise<Answer> {
    const before = await store.findAction(request.idempotencyKey);
    if (before) return answerAgain(before, request) as Answer;
    const open = openTicket(request, `c${newId()}`, await store.now());
    try {
      const carried = await carryOut(open.ticket);
      if (carried.kind === 'logged') return carried.answer;
      const action =
        carried.kind === 'to-log'
          ? await log(open.record({ ok: true, answer: carried.answer }))
          : await store.findAction(request.idempotencyKey);
      if (action) return answerAgain(action, request) as Answer;
      throw new Error(`what was done for the key ${request.idempotencyKey} is not in the log`);
    } catch (error) {
      if (!(error instanceof TinaError) || error.code === KEY_REUSED) throw error;
      return answerAgain(await log(open.record({ ok: false, error: error.toData() })), request) as Answer;
    }
  }

  return {
    once: (request, carryOut) => mutex.run(request.idempotencyKey, () => first(request, carryOut)),
    carryOut,
    command: (ticket, runId, command, explain) => carryOut(ticket, runId, command, accepted, explain),
  };

  async function carryOut<Answer>(
    ticket: ActionTicket,
    runId: string,
    command: OperatorCommand,
    answerOf: (state: RunState) => Answer,
    explain: (rejection: Rejection) => ErrorParameters = (rejection) => rejection,
  ): Promise<Carried<Answer>> {
    ticket.concerns(runId);
    const executed = await executor.execute(runId, command, {
      action: (state) => ticket.entry(answerOf(state)),
    });
    if (executed.kind === 'done') return { kind: 'logged', answer: answerOf(executed.state) };
    if (executed.kind === 'refused') return { kind: 'repeated' };
    if (executed.kind === 'rejected') throw new TinaError(explain(executed.rejection));
    throw new TinaError({ code: 'no_such_run', message: `There is no run ${runId}.`, next: ['tina runs'] });
  }
}

const KEY_REUSED = 'idempotency_key_reused';

function openTicket(
  request: ActionRequest,
  id: string,
  requestedAt: number,
): { readonly ticket: ActionTicket; readonly record: (outcome: RecordedOutcome) => ControlAction } {
  let runId: string | null = null;
  const { idempotencyKey, kind, requestedBy } = request;
  const record = (outcome: RecordedOutcome): ControlAction => ({
    id,
    idempotencyKey,
    runId,
    kind,
    requestedBy,
    payload: canonicalJson(request.payload),
    outcome: outcome.ok ? 'done' : 'rejected',
    reasonCode: outcome.ok ? null : outcome.error.code,
    answer: JSON.stringify(outcome),
    requestedAt,
  });
  const ticket: ActionTicket = {
    concerns(id) {
      runId = id;
    },
    entry: (answer) => record({ ok: true, answer }),
  };
  return { ticket, record };
}

/** What the action answered the first time, as an answer or as the refusal that it was. */
function answerAgain(action: ControlAction, request: ActionRequest): unknown {
  if (action.kind !== request.kind || action.payload !== canonicalJson(request.payload)) {
    throw new TinaError({
      code: KEY_REUSED,
      message: `The idempotency key ${request.idempotencyKey} belongs to another request, a ${action.kind}.`,
      next: ['ask again with a new key'],
    });
  }
  const recorded = JSON.parse(action.answer) as RecordedOutcome;
  if (recorded.ok) return recorded.answer;
  throw TinaError.fromData(recorded.error);
}

function accepted(state: RunState): { runId: string; status: string } {
  return { runId: state.id, status: runStatus(state) };
}
