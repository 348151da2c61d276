import type { AgentDefinition } from './agent-definition.ts';

/** Claude Code documents these names for the newest model of each size. */
const CLAUDE = ['haiku', 'sonnet', 'opus'] as const;

/**
 * The names of models that agents of each kind are known to take. Scripted agents and those of a command of one's own are
 * told whatever the plan says; other CLIs have too many names, which change too often, to be listed.
 */
const MODELS: Readonly<Record<AgentDefinition['kind'], readonly string[]>> = {
  claude: CLAUDE,
  scripted: CLAUDE,
  command: CLAUDE,
  codex: [],
  gemini: [],
  opencode: [],
  acp: [],
};

export function modelsOfKind(kind: AgentDefinition['kind']): readonly string[] {
  return MODELS[kind];
}
