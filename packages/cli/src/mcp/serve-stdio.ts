import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { ProcedureInput } from '@tina/contract';
import { requireAgent, withAgentClient } from '../agent/call-as-agent.ts';
import type { CliContext } from '../program/context.ts';
import { createMcpServer } from './create-mcp-server.ts';

/** Longer than any call of an agent waits. */
const CALL_MS = 620_000;

/** Serves the tools of the agent that the environment names, until its program closes stdin. */
export async function mcp(context: CliContext): Promise<void> {
  requireAgent(context);
  const ended = Promise.withResolvers<void>();
  const handle = serveStdio(
    () =>
      createMcpServer({
        version: context.version,
        call: (name, input) =>
          withAgentClient(context, (client) =>
            client.call(name, input as ProcedureInput<typeof name>, { timeoutMs: CALL_MS }),
          ),
      }),
    // Stdout belongs to the protocol.
    { onerror: (error) => context.io.stderr.write(`tina mcp: ${error.message}\n`) },
  );
  process.stdin.once('close', () => ended.resolve());
  process.stdin.once('end', () => ended.resolve());
  await ended.promise;
  await handle.close();
}
