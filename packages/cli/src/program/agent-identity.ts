import { TinaError } from '@tina/contract';
import type { CliContext } from './context.ts';

/** What an agent at work calls the daemon with: it is told by its token, and may call what its role may (G29). */
export interface AgentIdentity {
  readonly socketPath: string;
  readonly token: string;
}

/** The identity that Tina gave the agent this command runs in; null for an operator. */
export function agentIdentity({ io: { env } }: Pick<CliContext, 'io'>): AgentIdentity | null {
  const { TINA_SOCKET: socketPath, TINA_TOKEN: token } = env;
  return socketPath && token ? { socketPath, token } : null;
}

/**
 * For what would be done without asking the daemon, which refuses the rest itself.
 *
 * @throws TinaError `not_allowed` within an attempt
 */
export function refuseAgent(context: CliContext, name: string): void {
  if (agentIdentity(context) === null) return;
  throw new TinaError({
    code: 'not_allowed',
    message: `An agent may not call ${name}.`,
    next: ['tina report --help'],
  });
}
