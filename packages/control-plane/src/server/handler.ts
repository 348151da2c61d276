import type { ParsedInput, ProcedureName, ProcedureOutput, Procedures } from '@tina/contract';

/** Who calls, as the connection and the token say; never as an argument says (G29). */
export type Caller =
  | { readonly kind: 'operator'; readonly name: string }
  | { readonly kind: 'agent'; readonly runId: string; readonly attemptId: string; readonly epoch: number };

/** As control actions name who asked. */
export function nameOf(caller: Caller): string {
  return caller.kind === 'operator' ? caller.name : `agent ${caller.attemptId}`;
}

export interface CallContext {
  readonly caller: Caller;
  /** What the caller showed; null without one. Never logged. */
  readonly token: string | null;
  /** Ends when the caller goes away or cancels. */
  readonly signal: AbortSignal;
}

type SubscriptionName = {
  [Name in ProcedureName]: Procedures[Name]['kind'] extends 'subscription' ? Name : never;
}[ProcedureName];

/** One function for each procedure; a subscription yields its items. */
export type Handlers = {
  readonly [Name in ProcedureName]: (
    input: ParsedInput<Name>,
    context: CallContext,
  ) => Name extends SubscriptionName ? AsyncIterable<ProcedureOutput<Name>> : Promise<ProcedureOutput<Name>>;
};
