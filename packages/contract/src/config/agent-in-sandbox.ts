import type { AgentDefinition } from './agent-definition.ts';
import type { EffectiveConfig } from './effective-config.ts';

/**
 * The definition with the sandbox that holds for it: its own settings go over the common ones, field by field, and
 * `--sandbox` over both. Without the field where there is none.
 *
 * @param isAsked whether the person who starts it asks for a sandbox; undefined: as configured
 */
export function agentInSandbox<Definition extends AgentDefinition>(
  definition: Definition,
  common: EffectiveConfig['sandbox'],
  isAsked?: boolean,
): Definition {
  const { sandbox: own, ...others } = definition;
  const enabled = isAsked ?? own?.enabled ?? common.enabled;
  if (!enabled) return others as Definition;
  const network = own?.network ?? common.network;
  const writable = [...(own?.writable ?? common.writable)];
  return { ...others, sandbox: { enabled, network, writable } } as Definition;
}
