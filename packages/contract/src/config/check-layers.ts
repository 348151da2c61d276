import type { ErrorData } from '../error/tina-error.ts';
import type { AgentDefinition } from './agent-definition.ts';
import { checkAgentNames } from './check-routes.ts';
import { fieldText, type ConfigPath } from './config-document.ts';
import { formatDuration } from './duration.ts';
import type { ConfigOrigins, EffectiveConfig } from './effective-config.ts';
import type { ConfigLayer } from './read-layer.ts';

/** What no single field shows: settings that contradict each other, or stand in the wrong file. */
export function checkLayers(
  layers: readonly ConfigLayer[],
  config: EffectiveConfig,
  origins: ConfigOrigins,
): readonly ErrorData[] {
  return [
    ...layers.flatMap(checkUserOnly),
    ...checkAgentNames(layers, config),
    ...checkIdleLimits(layers, config, origins),
    ...layers.flatMap(checkPrompts),
  ];
}

function checkUserOnly(layer: ConfigLayer): ErrorData[] {
  if (layer.origin !== 'project' || layer.file.limits?.machineAgents === undefined) return [];
  const message = 'limits.machineAgents is about the whole machine: it may only stand in the user file';
  const next = ['move it to the file that  tina config  names as the user file'];
  return [refuse(layer, ['limits', 'machineAgents'], 'config_user_only', message, next)];
}

function checkIdleLimits(
  layers: readonly ConfigLayer[],
  { limits }: EffectiveConfig,
  origins: ConfigOrigins,
): ErrorData[] {
  if (limits.idleStopMs >= limits.idleWarningMs) return [];
  const field = origins['limits.idleStop'] === 'default' ? 'idleWarning' : 'idleStop';
  const layer = layers.find((one) => one.origin === origins[`limits.${field}`]);
  if (layer === undefined) return [];
  const message =
    `limits.idleStop (${formatDuration(limits.idleStopMs)}) is shorter than ` +
    `limits.idleWarning (${formatDuration(limits.idleWarningMs)}): nobody would be warned`;
  return [refuse(layer, ['limits', field], 'config_wrong_value', message, [])];
}

function checkPrompts(layer: ConfigLayer): ErrorData[] {
  return Object.entries(layer.file.agents ?? {}).flatMap(([name, definition]) => {
    if (name === 'default' || typeof definition !== 'object') return [];
    const lacking = lacksPlaceholder(definition);
    if (lacking === null) return [];
    const path = ['agents', name, 'command'];
    const message = `${fieldText(path)} has no ${lacking}, so the agent would never see its prompt`;
    return [refuse(layer, path, 'config_wrong_value', message, [])];
  });
}

/** The placeholder that is missing in the command, or null. */
function lacksPlaceholder(definition: AgentDefinition): string | null {
  if (definition.kind !== 'command' || definition.prompt === 'stdin') return null;
  const wanted = definition.prompt === 'file' ? '{promptFile}' : '{prompt}';
  return definition.command.some((part) => part.includes(wanted)) ? null : wanted;
}

function refuse(
  layer: ConfigLayer,
  path: ConfigPath,
  code: string,
  message: string,
  next: readonly string[],
): ErrorData {
  return { code, message, place: layer.document.placeOf(path), details: [], next };
}
