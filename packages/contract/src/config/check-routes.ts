import type { ErrorData } from '../error/tina-error.ts';
import { BUILT_IN_AGENTS } from './built-in-agents.ts';
import { type ConfigPath, fieldText } from './config-document.ts';
import type { EffectiveConfig } from './effective-config.ts';
import { nearest } from './nearest.ts';
import type { ConfigLayer } from './read-layer.ts';

/** Every place of the files that names an agent which is neither defined nor built in. */
export function checkAgentNames(
  layers: readonly ConfigLayer[],
  { agents }: Pick<EffectiveConfig, 'agents'>,
): readonly ErrorData[] {
  const own = Object.keys(agents.definitions);
  const names = [...own, ...Object.keys(BUILT_IN_AGENTS)];
  const isDefault = (layer: ConfigLayer): boolean =>
    layer === layers.findLast(({ file }) => file.agents?.default !== undefined);
  return layers.flatMap((layer) =>
    [...(isDefault(layer) ? defaultOf(layer) : []), ...routesOf(layer)]
      .filter(([, name]) => !names.includes(name))
      .map(([path, name]) => unknownAgent(layer, path, name, own)),
  );
}

type NamedAt = readonly [path: ConfigPath, agent: string];

function defaultOf({ file }: ConfigLayer): NamedAt[] {
  const name = file.agents?.default;
  return name === undefined ? [] : [[['agents', 'default'], name]];
}

function routesOf({ file: { roles = {}, routing = {} } }: ConfigLayer): NamedAt[] {
  const { models = {}, phases = {}, tags = {}, fallback = [] } = routing;
  return [
    ...ofRules(['roles'], roles),
    ...Object.entries(models).map(([model, agent]): NamedAt => [['routing', 'models', model], agent]),
    ...ofRules(['routing', 'phases'], phases),
    ...ofRules(['routing', 'tags'], tags),
    ...fallback.map(({ agent }, index): NamedAt => [['routing', 'fallback', index, 'agent'], agent]),
  ];
}

function ofRules(
  path: readonly string[],
  rules: Readonly<Record<string, { readonly agent?: string | undefined } | undefined>>,
): NamedAt[] {
  return Object.entries(rules).flatMap(([name, rule]): NamedAt[] =>
    rule?.agent === undefined ? [] : [[[...path, name, 'agent'], rule.agent]],
  );
}

function unknownAgent(
  { document }: ConfigLayer,
  path: ConfigPath,
  name: string,
  own: readonly string[],
): ErrorData {
  const meant = nearest(name, [...own, ...Object.keys(BUILT_IN_AGENTS)]);
  const known = own.length === 0 ? 'no agent is defined' : `defined: ${own.join(', ')}`;
  const hint = meant === null ? known : `did you mean ${meant}?`;
  return {
    code: 'config_unknown_agent',
    message: `${fieldText(path)} names ${JSON.stringify(name)}, which is not defined; ${hint}`,
    place: document.placeOf(path),
    details: [],
    next: [`define it: agents: { ${name}: { kind: command, command: [program, argument] } }`, 'tina doctor'],
  };
}
