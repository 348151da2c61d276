import { writeFileSync } from 'node:fs';
import type { OpencodeAgentDefinition } from '@tina/contract';
import type { AgentLaunch } from '../adapter/agent-adapter.ts';
import { fieldsOf, textOf } from '../cli/json-fields.ts';
import type { OpencodeServer } from './opencode-server.ts';

/**
 * Writes down how a person looks at a session while an agent works on it: a command and its environment. The file is the owner's
 * alone, because of the password.
 */
export async function writeAttach(
  file: string,
  server: OpencodeServer,
  at: { readonly launch: AgentLaunch<OpencodeAgentDefinition>; readonly sessionId: string },
): Promise<void> {
  const command = [...at.launch.agent.command, 'attach', await server.url, '--session', at.sessionId];
  const attach = { command, env: { OPENCODE_SERVER_PASSWORD: server.password } };
  writeFileSync(file, `${JSON.stringify(attach)}\n`, { mode: 0o600 });
}

/** OpenCode goes on without a server of tools that does not start, and says so to nobody who does not ask. Null: it has started. */
export async function findToolProblem(server: OpencodeServer): Promise<string | null> {
  const answer = await server.request('GET', '/mcp');
  const { status, error } = fieldsOf(fieldsOf(answer?.body)['tina']);
  if (status !== 'failed') return null;
  return `The server of tools "tina" could not be started. ${textOf(error) ?? ''}`.trimEnd();
}
