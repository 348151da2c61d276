import { agentOfRule, reachableAgents, ROLES, type Role, type RoutesOf } from '@tina/domain';
import type { EffectiveConfig } from './effective-config.ts';

type Routes = Pick<EffectiveConfig, 'agents' | 'roles' | 'routing'>;

/** The agent that the configuration names for a role by itself, whatever the default; null for none. */
export function agentOfRole(config: Routes, role: Role): string | null {
  const rule = config.roles[role];
  return rule === undefined ? null : agentOfRule(routesOf(config), rule);
}

/** Every agent that a run with this configuration can come to. */
export function routedAgents(config: Routes): readonly string[] {
  return reachableAgents(routesOf(config)).filter((agent) => agent !== NOBODY);
}

/** Roles whose work nobody does; none where there is a default agent. */
export function rolesWithoutAgent(config: Routes): readonly Role[] {
  if (config.agents.default !== null) return [];
  return ROLES.filter((role) => agentOfRole(config, role) === null);
}

/** No agent has this name. */
const NOBODY = '';

function routesOf({ agents, roles, routing }: Routes): RoutesOf {
  return {
    agent: agents.default ?? NOBODY,
    modelOverride: null,
    routing: { ...routing, roles, agentOverride: null },
  };
}
