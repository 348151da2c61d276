import type { Client } from '@tina/client';
import { type DaemonView, TinaError, UnreachableError } from '@tina/contract';
import { printJson, printLines } from '../output/print.ts';
import type { CliContext } from '../program/context.ts';
import { refuseAgent } from '../program/agent-identity.ts';
import { openClient, openClientIfThere, pathsOf } from '../program/with-client.ts';
import { isMarkedStopped } from './stopped-mark.ts';

interface Flags {
  readonly json: boolean;
  readonly unlessStopped: boolean;
  readonly debug: boolean;
  readonly mcpPort: number | undefined;
}

export async function start(context: CliContext, flags: Flags): Promise<void> {
  refuseAgent(context, 'daemon.start');
  const isHeld = (): boolean => flags.unlessStopped && isMarkedStopped(pathsOf(context));
  const running = await openClientIfThere(context);
  if (running === null && isHeld()) return sayStaysStopped(context, flags);
  try {
    await startOrShow(context, running, flags);
  } catch (error) {
    if (!isStopping(error) || !isHeld()) throw error;
    sayStaysStopped(context, flags);
  }
}

async function startOrShow(
  context: CliContext,
  running: Client | null,
  { json, unlessStopped, debug, mcpPort }: Flags,
): Promise<void> {
  const client = running ?? (await openClient(context, { unlessStopped, debug, mcpPort }));
  try {
    const daemon = await client.call('daemon.status', {});
    if (debug) await client.call('debug.status', {});
    if (mcpPort !== undefined) requireMcp(daemon);
    if (json) return printJson(context.io, daemon);
    const said = running === null ? 'The daemon was started' : 'The daemon runs already';
    const tools = daemon.mcpUrl === null ? '' : ` Agents' tools: ${daemon.mcpUrl}`;
    printLines(context.io, [`${said}: pid ${daemon.pid}, version ${daemon.version}.${tools}`]);
  } finally {
    client.close();
  }
}

function requireMcp({ mcpUrl }: DaemonView): void {
  if (mcpUrl !== null) return;
  throw new TinaError({
    code: 'mcp_off',
    message: 'A daemon runs already, and serves no MCP over HTTP.',
    next: ['tina daemon stop && tina daemon start --mcp-port <port>'],
  });
}

function sayStaysStopped({ io }: CliContext, { json }: Flags): void {
  if (json) printJson(io, { running: false });
  else printLines(io, ['The daemon was stopped on purpose, and stays so.']);
}

/** It was stopped before it came up, or after it had answered. */
function isStopping(error: unknown): boolean {
  return error instanceof UnreachableError
    ? error.code === 'connection_lost'
    : error instanceof TinaError && error.code === 'daemon_stays_stopped';
}
