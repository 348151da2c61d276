import {
  type AgentDefinition,
  claudeAgentSchema,
  codexAgentSchema,
  geminiAgentSchema,
  opencodeAgentSchema,
} from './agent-definition.ts';

/** Agents that need no definition: each is named as its program. A configuration's own definition of the name holds instead. */
export const BUILT_IN_AGENTS: Readonly<Record<string, AgentDefinition>> = {
  claude: claudeAgentSchema.parse({ kind: 'claude' }),
  codex: codexAgentSchema.parse({ kind: 'codex' }),
  gemini: geminiAgentSchema.parse({ kind: 'gemini' }),
  opencode: opencodeAgentSchema.parse({ kind: 'opencode' }),
};

/** The definition that holds for a name, configured or built in; null when there is none. */
export function agentNamed(
  name: string,
  definitions: Readonly<Record<string, AgentDefinition>>,
): AgentDefinition | null {
  for (const known of [definitions, BUILT_IN_AGENTS])
    if (Object.hasOwn(known, name)) return known[name] ?? null;
  return null;
}
