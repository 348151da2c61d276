import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClaudeAgentDefinition } from '@tina/contract';
import type { AgentIo, AgentLaunch } from '../adapter/agent-adapter.ts';
import { toolServerVariables } from '../cli/tool-server-variables.ts';
import { type ClaudePermissions, permissionArguments } from './claude-permission.ts';

/** Tina waits between tries itself (G15); three of Claude Code's own take four seconds. */
const MAX_RETRIES = '3';

/** Variables that keep it from doing anything but its work. What the definition's `env` brings holds. */
const QUIET: Readonly<Record<string, string>> = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  CLAUDE_CODE_MAX_RETRIES: MAX_RETRIES,
  DISABLE_AUTOUPDATER: '1',
};

export function claudeEnvironment(env: AgentIo['env']): Readonly<Record<string, string>> {
  return { ...QUIET, ...env };
}

/** The conversation that a process works on. */
export interface ClaudeConversation {
  readonly id: string;
  /** A process before has begun it. */
  readonly isKnown: boolean;
}

/** The arguments of one process, behind those of the definition's command. The user's own come first: Tina's hold. */
export function claudeArguments(
  launch: Pick<AgentLaunch<ClaudeAgentDefinition>, 'agent' | 'model' | 'mcp' | 'directory' | 'env'>,
  permissions: ClaudePermissions,
  { id, isKnown }: ClaudeConversation,
): readonly string[] {
  return [
    ...launch.agent.args,
    '-p',
    '--input-format',
    'stream-json',
    '--output-format',
    'stream-json',
    '--verbose',
    '--replay-user-messages',
    '--permission-prompt-tool',
    'stdio',
    ...(launch.model === null ? [] : ['--model', launch.model]),
    ...(isKnown ? ['--resume', id] : ['--session-id', id]),
    '--strict-mcp-config',
    ...toolServer(launch),
    // The last ones: each of these takes all that follows.
    ...permissionArguments(permissions),
  ];
}

/** In a file, because everybody on the machine can read a command line, and the token is in it. It is needed until the start. */
function toolServer(launch: Pick<AgentLaunch, 'mcp' | 'directory' | 'env'>): readonly string[] {
  const { mcp } = launch;
  if (mcp === null) return [];
  const [command = '', ...args] = mcp.command;
  const server = {
    command,
    args,
    env: toolServerVariables(launch),
    // Else its tools would have to be searched for first.
    alwaysLoad: true,
  };
  const file = toolServerFile(launch);
  writeFileSync(file, JSON.stringify({ mcpServers: { tina: server } }), { mode: 0o600 });
  return ['--mcp-config', file];
}

/** Takes the token out of the file system again, once the process has read it (G30). */
export function forgetToolServer(launch: Pick<AgentLaunch, 'directory'>): void {
  rmSync(toolServerFile(launch), { force: true });
}

function toolServerFile({ directory }: Pick<AgentLaunch, 'directory'>): string {
  return join(directory, 'mcp.json');
}
