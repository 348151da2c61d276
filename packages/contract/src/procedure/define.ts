import { z } from 'zod';

/** Who may call: an operator (the owner of the socket), an attempt's agent by its token, an agent host by its token. */
export type Access = 'operator' | 'agent' | 'host';

type Kind = 'query' | 'command' | 'subscription';

interface Procedure<K extends Kind, Input extends z.ZodType, Output extends z.ZodType> {
  /** `query` changes nothing; `command` is an operator's control action or an agent's word; `subscription` streams. */
  readonly kind: K;
  readonly access: Access;
  readonly summary: string;
  readonly input: Input;
  /** Of a subscription: one item. */
  readonly output: Output;
}

export function define<K extends Kind, Input extends z.ZodType, Output extends z.ZodType>(
  procedure: Procedure<K, Input, Output>,
): Procedure<K, Input, Output> {
  return procedure;
}

export const run = z
  .string()
  .min(1)
  .describe('a run, by id, or by its feature where that is exact and unique');
