import {
  agentNamed,
  BUILT_IN_AGENTS,
  configError,
  mergeConfig,
  nearest,
  TinaError,
  type AgentDefinition,
} from '@tina/contract';
import { readConfigFiles } from '../project/read-config.ts';
import type { CliContext } from '../program/context.ts';
import { pathsOf } from '../program/with-client.ts';
import { findRepository } from '../run/find-repository.ts';
import type { AgentSearch } from './look-at-agents.ts';

/**
 * Where agents are looked for: the configuration that holds in this folder.
 *
 * @throws TinaError those of the configuration
 */
export function agentSearch(context: CliContext): AgentSearch {
  const { io } = context;
  const paths = pathsOf(context);
  const repository = findRepository(io.cwd);
  const { user, project } = readConfigFiles(paths.configPath, repository);
  const merged = mergeConfig(user, project);
  if (!merged.ok) throw configError(merged.errors);
  return { config: merged.config, cwd: io.cwd, env: io.env, repository, paths };
}

/** @throws TinaError `unknown_agent` */
export function agentCalled(name: string, { config }: AgentSearch): AgentDefinition {
  const { definitions } = config.agents;
  const definition = agentNamed(name, definitions);
  if (definition !== null) return definition;
  const names = allNames(definitions);
  const meant = nearest(name, names);
  throw new TinaError({
    code: 'unknown_agent',
    message: `There is no agent ${JSON.stringify(name)}${meant === null ? '' : `; did you mean ${meant}?`}`,
    details: [`there is: ${names.join(', ')}`],
    next: ['tina agents', 'tina config'],
  });
}

/** For completion: empty where the configuration cannot be read. */
export function agentNames(context: CliContext): readonly string[] {
  try {
    return allNames(agentSearch(context).config.agents.definitions);
  } catch {
    return [];
  }
}

function allNames(definitions: Readonly<Record<string, AgentDefinition>>): readonly string[] {
  return [...new Set([...Object.keys(definitions), ...Object.keys(BUILT_IN_AGENTS)])];
}
