import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, connect } from '@tina/client';
import {
  type AgentProcedure,
  type ProcedureInput,
  type ProcedureOutput,
  TinaError,
  UnreachableError,
} from '@tina/contract';
import { agentIdentity, type AgentIdentity } from '../program/agent-identity.ts';
import type { CliContext } from '../program/context.ts';

/** A daemon that died is started again by an agent host within seconds. */
const PATIENCE_MS = 15_000;
const PAUSE_MS = 300;

/**
 * Asks the daemon as the attempt that the environment names. Where no daemon listens it tries again for a while; what was
 * asked and not answered is never asked again by itself.
 *
 * @throws TinaError `not_an_agent` outside of an attempt, and the daemon's refusals
 */
export async function callAsAgent<Name extends AgentProcedure>(
  context: CliContext,
  name: Name,
  input: ProcedureInput<Name>,
  options: { readonly timeoutMs?: number } = {},
): Promise<ProcedureOutput<Name>> {
  return withAgentClient(context, (client) => client.call(name, input, options));
}

/** A connection of the calling agent's. */
export async function withAgentClient<Answer>(
  context: CliContext,
  use: (client: Client) => Promise<Answer>,
): Promise<Answer> {
  const client = await connectPatiently(requireAgent(context));
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** @throws TinaError `not_an_agent` */
export function requireAgent(context: CliContext): AgentIdentity {
  const agent = agentIdentity(context);
  if (agent !== null) return agent;
  throw new TinaError({
    code: 'not_an_agent',
    message:
      'Only an agent that Tina started can call this: TINA_SOCKET and TINA_TOKEN are not in the environment.',
    next: ['as an operator:  tina status'],
  });
}

async function connectPatiently(agent: AgentIdentity): ReturnType<typeof connect> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await connect(agent);
    } catch (error) {
      const isAbsent = error instanceof UnreachableError && error.code === 'daemon_absent';
      if (!isAbsent || performance.now() + PAUSE_MS > deadline) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
