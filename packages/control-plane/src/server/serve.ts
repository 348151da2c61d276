import { procedures, type ProcedureName, TinaError, UsageError } from '@tina/contract';
import type { CallContext, Caller, Handlers } from './handler.ts';

/** Notes that an agent asked for what only an operator may, and answers with the refusal. */
export type RefuseAgent = (
  refused: { readonly name: ProcedureName; readonly input: unknown },
  caller: Extract<Caller, { kind: 'agent' }>,
  refusal: TinaError,
) => Promise<never>;

/**
 * Takes one call from outside: looks the procedure up, checks who may call it and the form of the input, then hands it to
 * its handler. Nothing of an input that does not fit reaches a handler (G31). An agent's try at a control action is refused
 * and goes to the log (G28, G29).
 *
 * @throws TinaError `unknown_call`, `not_allowed`, `bad_input`, and the handler's own
 */
export function serveCall(
  handlers: Handlers,
  name: string,
  input: unknown,
  context: CallContext,
  refuseAgent?: RefuseAgent,
): Promise<unknown> | AsyncIterable<unknown> {
  if (!isProcedure(name))
    throw new TinaError({ code: 'unknown_call', message: `There is no procedure ${name}.` });
  const procedure = procedures[name];
  const isAgentCall = procedure.access === 'agent';
  if (procedure.access !== 'host' && isAgentCall !== (context.caller.kind === 'agent')) {
    const refusal = new TinaError({
      code: 'not_allowed',
      message: isAgentCall ? `${name} is for agents at work.` : `An agent may not call ${name}.`,
      next: isAgentCall ? [] : ['tina report --help'],
    });
    const { caller } = context;
    if (procedure.kind !== 'command' || caller.kind !== 'agent' || !refuseAgent) throw refusal;
    return refuseAgent({ name, input: procedure.input.safeParse(input).data ?? {} }, caller, refusal);
  }
  const parsed = procedure.input.safeParse(input);
  if (!parsed.success) throw badInput(name, parsed.error.issues);
  const handler = handlers[name] as (
    input: unknown,
    context: CallContext,
  ) => Promise<unknown> | AsyncIterable<unknown>;
  return handler(parsed.data, context);
}

function isProcedure(name: string): name is ProcedureName {
  return Object.hasOwn(procedures, name);
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function badInput(name: string, issues: readonly Issue[]): UsageError {
  const lines = issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
  return new UsageError({
    code: 'bad_input',
    message: `${name} cannot be called like this: ${lines[0] ?? ''}`,
    place: { field: issues[0]?.path.join('.') || null },
    details: lines.slice(1),
  });
}
