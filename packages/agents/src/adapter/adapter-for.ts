import type { AgentDefinition } from '@tina/contract';
import { commandAdapter } from '../command/command-adapter.ts';
import { scriptedAdapter } from '../scripted/scripted-adapter.ts';
import type { AgentAdapter } from './agent-adapter.ts';

/**
 * The one adapter of a kind. Call its methods with definitions of that kind only: the type cannot say so, because
 * whoever holds a definition of any kind asks by its `kind`.
 *
 * The two small ones are always there; each of the others is loaded when it is asked for, because the agent host needs
 * one of them and starts for every attempt.
 */
export async function adapterFor(kind: AgentDefinition['kind']): Promise<AgentAdapter> {
  switch (kind) {
    case 'scripted':
      return scriptedAdapter;
    case 'command':
      return commandAdapter;
    case 'claude':
      return (await import('../claude/claude-adapter.ts')).claudeAdapter;
    case 'codex':
      return (await import('../codex/codex-adapter.ts')).codexAdapter;
    case 'gemini':
      return (await import('../gemini/gemini-adapter.ts')).geminiAdapter;
    case 'opencode':
      return (await import('../opencode/opencode-adapter.ts')).opencodeAdapter;
    case 'acp':
      return (await import('../acp/acp-adapter.ts')).acpAdapter;
    default:
      return kind satisfies never;
  }
}
