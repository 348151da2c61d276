import { agentNamed, type EffectiveConfig, modelsOfKind, type ParsedInput } from '@tina/contract';
import { agentOfRule, reachableAgents, type Route, type RouteRule, type RunPolicy } from '@tina/domain';

type RoutingPart = Pick<RunPolicy, 'agent' | 'modelOverride' | 'knownModels'> &
  Required<Pick<RunPolicy, 'routing'>>;

/**
 * Who does what in a run, and which models its plans may name. A model that the default agent is not known to take goes to
 * the agent that it is named with, or that is known to take it, unless the configuration says where it goes.
 */
export function routingPolicyOf(
  config: EffectiveConfig,
  agent: string,
  input: Pick<ParsedInput<'run.create'>, 'agent' | 'model'>,
): RoutingPart {
  const { roles, routing } = config;
  const modelOverride = input.model ?? null;
  const written = { ...routing, roles, agentOverride: input.agent ?? null };
  const reachable = reachableAgents({ agent, modelOverride, routing: written });
  const taken = new Set(modelsOf(config, agent));
  const named = [
    ...rulesOf(config),
    ...reachable.flatMap((one) => modelsOf(config, one).map((model): Route => ({ agent: one, model }))),
  ];
  const models: Record<string, string> = { ...routing.models };
  for (const rule of named) {
    if (rule.agent === null || rule.model === null || taken.has(rule.model)) continue;
    const byModel: RouteRule = { agent: null, model: rule.model };
    if (agentOfRule({ agent, modelOverride, routing: { ...written, models } }, byModel) === null)
      models[rule.model] = rule.agent;
  }
  return {
    agent,
    modelOverride,
    routing: { ...written, models },
    knownModels: knownModels(config, reachable),
  };
}

/** What each setting says of who does the work. */
function rulesOf({ roles, routing }: EffectiveConfig): readonly RouteRule[] {
  return [roles, routing.phases, routing.tags, routing.fallback].flatMap((each) =>
    Object.values<RouteRule>(each),
  );
}

function knownModels(config: EffectiveConfig, reachable: readonly string[]): readonly string[] {
  const known = config.models.known ?? reachable.flatMap((agent) => modelsOf(config, agent));
  const named = rulesOf(config).flatMap(({ model }) => model ?? []);
  const whole = Object.keys(config.routing.models).filter((model) => !model.endsWith('*'));
  return [...new Set([...known, ...named, ...whole])];
}

function modelsOf({ agents }: EffectiveConfig, name: string): readonly string[] {
  const definition = agentNamed(name, agents.definitions);
  return definition === null ? [] : modelsOfKind(definition.kind);
}
