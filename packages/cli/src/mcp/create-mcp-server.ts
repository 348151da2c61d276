import { type CallToolResult, McpServer } from '@modelcontextprotocol/server';
import { type AgentProcedure, procedureOfTool, TinaError, toolsOf } from '@tina/contract';
import type { Role } from '@tina/domain';

export interface McpServerOptions {
  readonly version: string;
  /** Asks as the agent that calls, whoever that is. */
  readonly call: (
    name: AgentProcedure | 'agent.tools',
    input: unknown,
    signal: AbortSignal,
  ) => Promise<unknown>;
}

const INSTRUCTIONS =
  'Tools of the Tina run that you work in. Give your final word with `report`, once, as the last thing you do.';

/**
 * An MCP server of Tina's tools for one agent: it lists those of its role, and what it is asked it asks the daemon, which
 * knows who calls by the token (G29). It keeps nothing.
 */
export function createMcpServer({ version, call }: McpServerOptions): McpServer {
  const mcp = new McpServer(
    { name: 'tina', version },
    { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
  );
  // Below the library's own table of tools: these are told by the daemon, for whoever calls.
  const { server } = mcp;
  server.setRequestHandler('tools/list', async (_, { mcpReq: { signal } }) => {
    const { role } = (await call('agent.tools', {}, signal)) as { readonly role: Role };
    return {
      tools: toolsOf(role).map(({ isReadOnly, ...tool }) => ({
        ...tool,
        annotations: { readOnlyHint: isReadOnly, openWorldHint: false },
      })),
    };
  });
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq: { signal } }) => {
    const procedure = procedureOfTool(params.name);
    if (procedure === null) return refused(noSuchTool(params.name));
    try {
      const answer = (await call(procedure, params.arguments ?? {}, signal)) as Record<string, unknown>;
      return { content: [{ type: 'text', text: JSON.stringify(answer) }], structuredContent: answer };
    } catch (error) {
      if (error instanceof TinaError) return refused(error);
      throw error;
    }
  });
  return mcp;
}

function noSuchTool(name: string): TinaError {
  return new TinaError({
    code: 'no_such_tool',
    message: `There is no tool ${name}.`,
    next: ['tools/list'],
  });
}

/** What is wrong, where, and what to do: for the model to read, so that its next call fits. */
function refused(error: TinaError): CallToolResult {
  const { code, message, place, details, next } = error.toData();
  const where = place?.field ? [`field: ${place.field}`] : [];
  const lines = [message, ...details, ...where, ...next.map((each) => `next: ${each}`), `code: ${code}`];
  return { content: [{ type: 'text', text: lines.join('\n') }], isError: true };
}
