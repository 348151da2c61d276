import {
  agentInSandbox,
  agentNamed,
  agentOfRole,
  BUILT_IN_AGENTS,
  type EffectiveConfig,
  type ErrorData,
  type Machine,
  nearest,
  type ParsedInput,
  rolesWithoutAgent,
  TinaError,
} from '@tina/contract';
import { agentOfRule, findOwnReview, reachableAgents, ROLES, routeText, type RunPolicy } from '@tina/domain';
import type { PlacedConfig } from './run-preconditions.ts';

type Input = ParsedInput<'run.create'>;

/**
 * The agent for all work that nothing gives to another. Where every role has one, none need be the default.
 *
 * @throws TinaError `no_agent`, `unknown_agent`
 */
export function chooseAgent(config: EffectiveConfig, input: Input): string {
  const name = input.agent ?? config.agents.default ?? agentOfEveryRole(config, input);
  if (agentNamed(name, config.agents.definitions) !== null) return name;
  const own = Object.keys(config.agents.definitions);
  const meant = nearest(name, [...own, ...Object.keys(BUILT_IN_AGENTS)]);
  throw new TinaError({
    code: 'unknown_agent',
    message: `There is no agent ${name} in the configuration${meant === null ? '.' : `; did you mean ${meant}?`}`,
    details: configured(own),
    next: ['tina config', 'tina doctor'],
  });
}

function agentOfEveryRole(config: EffectiveConfig, input: Input): string {
  const { agents, roles, routing } = config;
  // One model for all work, which goes to one agent.
  const policy = { agent: '', modelOverride: null, routing: { ...routing, roles, agentOverride: null } };
  const everywhere = agentOfRule(policy, { agent: null, model: input.model ?? null });
  if (everywhere !== null) return everywhere;
  const without = rolesWithoutAgent(config);
  const implementer = agentOfRole(config, 'implementer');
  if (without.length === 0 && implementer !== null) return implementer;
  const own = Object.keys(agents.definitions);
  const isSome = without.length < ROLES.length;
  throw new TinaError({
    code: 'no_agent',
    message: isSome
      ? `No agent does the work of these roles: ${without.join(', ')}.`
      : own.length === 0
        ? 'No agent is configured.'
        : 'No agent is chosen: agents.default is not set.',
    ...(isSome ? { place: { field: `roles.${without[0] ?? ''}` } } : {}),
    details: configured(own),
    next: [
      ...(isSome ? ['name one for each under roles, or set agents.default'] : ['tina init']),
      'tina orchestrate <design.md> --agent <name>',
    ],
  });
}

/**
 * Looks at every agent that the run can come to.
 *
 * @throws TinaError `agent_not_ready` with all that is wrong
 */
export async function refuseUnready(
  machine: Machine,
  config: EffectiveConfig,
  policy: RunPolicy,
  request: { readonly input: Input; readonly repository: string },
): Promise<void> {
  const { input, repository } = request;
  const looked = await Promise.all(
    reachableAgents(policy).map(async (name) => {
      const definition = agentNamed(name, config.agents.definitions);
      // Every place that names an agent was looked at when the configuration was read.
      if (definition === null) throw new Error(`there is no agent ${name}`);
      const started = agentInSandbox(definition, config.sandbox, input.sandbox);
      return machine.checkAgent({ name, definition: started, repository });
    }),
  );
  const [problem, ...more] = looked.flat();
  if (!problem) return;
  throw new TinaError({
    code: 'agent_not_ready',
    message: problem.message,
    ...(problem.place ? { place: problem.place } : {}),
    details: [...problem.details, ...more.map(placedMessage)],
    next: problem.next.length > 0 ? problem.next : ['tina doctor'],
  });
}

/** @throws TinaError `own_review` when reviewers must differ from authors and for some work there is no other */
export function refuseOwnReview(
  { placeOf }: Pick<PlacedConfig, 'placeOf'>,
  policy: RunPolicy,
  phases: readonly string[],
): void {
  const found = findOwnReview(policy, phases);
  if (found === null) return;
  const { phase, role, author } = found;
  const place = placeOf(['routing', 'reviewersDiffer']);
  const isOwnModel = author.model === null;
  throw new TinaError({
    code: 'own_review',
    message:
      `Reviewers must differ from authors, but work of ${routeText(author)} in phase ${phase} has no ${role} but ` +
      `${routeText(author)}, or one that is not known to differ.`,
    ...(place === null ? {} : { place }),
    details: isOwnModel ? [`${author.agent} may choose any model of its own where none is named`] : [],
    next: [
      `name another agent or model: roles: { ${role}: { agent: <name>, model: <name> } }`,
      'or one that takes over: routing: { fallback: [{ agent: <name>, model: <name> }] }',
      'or set  routing: { reviewersDiffer: false }',
    ],
  });
}

function placedMessage({ place, message }: ErrorData): string {
  if (!place?.file) return message;
  const position = [place.file, place.line, place.column].filter((part) => part !== null);
  return `${position.join(':')}: ${message}`;
}

function configured(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`configured: ${names.join(', ')}`];
}
