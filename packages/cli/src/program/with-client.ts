import type { Client } from '@tina/client';
import { UnreachableError } from '@tina/contract';
import { connectIfThere, ensureDaemon } from '../daemon/ensure-daemon.ts';
import { resolvePaths, type HomePaths } from '../home/paths.ts';
import { createStyle, wantsColour } from '../output/style.ts';
import { agentIdentity, type AgentIdentity } from './agent-identity.ts';
import type { CliContext } from './context.ts';

/** Runs `use` with a connection to the daemon, which is started when none is there, and closes it afterwards. */
export async function withClient<T>(context: CliContext, use: (client: Client) => Promise<T>): Promise<T> {
  const client = await openClient(context);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

/** For what outlives one connection. An agent gets a connection as itself, to the daemon it works for, and starts none. */
export function openClient(
  context: CliContext,
  start: {
    readonly unlessStopped?: boolean;
    readonly debug?: boolean;
    readonly mcpPort?: number | undefined;
  } = {},
): Promise<Client> {
  const { io, version, daemonProgram } = context;
  const agent = agentIdentity(context);
  if (agent !== null) return connectAsAgent(agent);
  return ensureDaemon({
    paths: pathsOf(context),
    env: io.env,
    version,
    warn: (message) => warn(context, message),
    ...start,
    ...(daemonProgram === undefined ? {} : { program: daemonProgram }),
  });
}

/** A connection as `openClient` gives it; null where no daemon runs. */
export function openClientIfThere(context: CliContext): Promise<Client | null> {
  return connectIfThere(agentIdentity(context) ?? pathsOf(context));
}

async function connectAsAgent(agent: AgentIdentity): Promise<Client> {
  const client = await connectIfThere(agent);
  if (client !== null) return client;
  throw new UnreachableError({
    code: 'daemon_absent',
    message: 'The daemon that this agent works for does not answer, and an agent starts none.',
    place: { file: agent.socketPath },
    next: ['tina report --help'],
  });
}

export function pathsOf({ io }: CliContext): HomePaths {
  return resolvePaths(io);
}

/** A warning goes to stderr, so that output stays clean. */
export function warn({ io }: CliContext, message: string): void {
  io.stderr.write(`${createStyle(wantsColour(io, io.stderr)).yellow('warning:')} ${message}\n`);
}

/** A daemon that is killed while it answers is back within this many tries. */
const TRIES = 3;

/**
 * Asks, and asks again when the daemon dies before it answers. `ask` must be safe to do twice: a query, or commands whose
 * keys are made outside of it.
 */
export async function request<T>(context: CliContext, ask: (client: Client) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await withClient(context, ask);
    } catch (error) {
      if (tries === TRIES || !(error instanceof UnreachableError) || error.code !== 'connection_lost')
        throw error;
    }
  }
}
