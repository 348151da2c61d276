import type { AgentDefinition } from '@tina/contract';
import { commandAdapter } from '../command/command-adapter.ts';
import { scriptedAdapter } from '../scripted/scripted-adapter.ts';
import type { AgentAdapter } from './agent-adapter.ts';

/**
 * The one adapter of a kind. Call its methods with definitions of that kind only: the type cannot say so, because
 * whoever holds a definition of any kind asks by its `kind`.
 */
export function adapterFor(kind: AgentDefinition['kind']): AgentAdapter {
  return ADAPTERS[kind];
}

const ADAPTERS: Readonly<Record<AgentDefinition['kind'], AgentAdapter>> = {
  scripted: scriptedAdapter,
  command: commandAdapter,
};
