import { REPORT_KINDS, type Role } from '@tina/domain';
import { z } from 'zod';
import { agentProcedures } from '../procedure/agent-procedures.ts';
import { type AgentProcedure, AGENT_VERBS, verbsOf } from './agent-verbs.ts';

export interface AgentTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
  /** Whether it changes nothing. */
  readonly isReadOnly: boolean;
}

export interface JsonObject {
  readonly type: 'object';
  readonly [key: string]: unknown;
}

/** The tools of a role, for programs that call tools; made from the table of procedures. */
export function toolsOf(role: Role): readonly AgentTool[] {
  return verbsOf(role).map(({ procedure, tool, brief }) => {
    const { input, output, kind } = agentProcedures[procedure];
    const schema = jsonSchema(input, 'input');
    return {
      name: tool,
      description: brief,
      inputSchema: procedure === 'agent.report' ? reportOnly(schema, role) : schema,
      outputSchema: jsonSchema(output, 'output'),
      isReadOnly: kind === 'query',
    };
  });
}

/** The procedure behind a tool, whoever may call it; null when there is no such tool. */
export function procedureOfTool(name: string): AgentProcedure | null {
  return AGENT_VERBS.find(({ tool }) => tool === name)?.procedure ?? null;
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return { ...rest, type: 'object' };
}

/** Only the reports that fit the role: its own kind, and that the work cannot be done. */
function reportOnly(schema: JsonObject, role: Role): JsonObject {
  const { report } = schema['properties'] as { readonly report: { readonly oneOf: readonly ReportForm[] } };
  const forms = report.oneOf.filter(({ properties }) =>
    [REPORT_KINDS[role], 'error'].includes(properties.kind.const),
  );
  return { ...schema, properties: { report: { ...report, oneOf: forms } } };
}

interface ReportForm {
  readonly properties: { readonly kind: { readonly const: string } };
}
