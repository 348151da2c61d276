import type { ProcedureInput, ProcedureName, ProcedureOutput } from '@tina/contract';

/** The procedures that answer with a stream of items. */
export type SubscriptionName = Extract<
  ProcedureName,
  'run.watch' | 'event.watch' | 'timeline.watch' | 'host.connect'
>;

/** The procedures that answer once. */
export type CallName = Exclude<ProcedureName, SubscriptionName>;

export interface CallOptions {
  /** How long to wait for the answer. Default: 30 seconds. */
  readonly timeoutMs?: number;
}

export interface SubscribeOptions {
  /** Ends the iteration, without an error. */
  readonly signal?: AbortSignal;
  /** `latest` drops what was overtaken before it was read. Default: `all`. */
  readonly keep?: 'all' | 'latest';
}

/** A connection to Tina's daemon. Calls may overlap. */
export interface Client {
  /**
   * Asks once. Throws the daemon's refusal as a TinaError with its code, and an UnreachableError when the connection
   * ends or the answer does not come in time; what was asked may have been done then, so commands carry a key.
   */
  readonly call: <Name extends CallName>(
    name: Name,
    input: ProcedureInput<Name>,
    options?: CallOptions,
  ) => Promise<ProcedureOutput<Name>>;
  /** Yields items until the daemon ends the stream. Throws as `call` does. Leaving the loop cancels the subscription. */
  readonly subscribe: <Name extends SubscriptionName>(
    name: Name,
    input: ProcedureInput<Name>,
    options?: SubscribeOptions,
  ) => AsyncIterable<ProcedureOutput<Name>>;
  /** Ends the connection; whatever is under way fails. */
  readonly close: () => void;
}
