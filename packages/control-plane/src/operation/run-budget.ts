import { type EffectiveConfig, findPrice, type ParsedInput, PRICES_AS_OF } from '@tina/contract';
import {
  agentOfRule,
  type BudgetPolicy,
  type ModelPrice,
  reachableAgents,
  type RouteRule,
  type RunPolicy,
} from '@tina/domain';

type BudgetPart = Pick<RunPolicy, 'budgets' | 'prices' | 'pricesAsOf'>;

/** What the run's agents may use up, and what the models cost that it may use: of the price table no more than that. */
export function budgetPolicyOf(
  config: EffectiveConfig,
  input: ParsedInput<'run.create'>,
  models: readonly string[],
): BudgetPart {
  const run = { ...config.budgets.run, ...withoutUndefined(input.budget ?? {}) };
  const budgets: BudgetPolicy = { ...config.budgets, run };
  const limits = [budgets.attempt, budgets.phase, run].flatMap((budget) => Object.keys(budget));
  const prices: Record<string, ModelPrice> = {};
  for (const model of models) {
    const price = findPrice(model, config.prices);
    if (price) prices[model] = price;
  }
  return { ...(limits.length === 0 ? {} : { budgets }), prices, pricesAsOf: PRICES_AS_OF };
}

function withoutUndefined(amounts: NonNullable<ParsedInput<'run.create'>['budget']>): BudgetPolicy['run'] {
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== undefined));
}

/** Agents that never say what a turn cost: what they use is reckoned from the price of their model, or not known. */
const TELLS_NO_COST: ReadonlySet<string> = new Set(['codex', 'gemini', 'command', 'acp']);

/** What a budget of money cannot see from the start. */
export function unknownCostWarnings(
  policy: RunPolicy,
  definitions: EffectiveConfig['agents']['definitions'],
): string[] {
  const { budgets } = policy;
  const hasCost = [budgets?.attempt, budgets?.phase, budgets?.run].some(
    (budget) => budget?.cost !== undefined,
  );
  if (!hasCost) return [];
  // A built-in agent has the name of its kind.
  const silent = reachableAgents(policy).filter((agent) =>
    TELLS_NO_COST.has(definitions[agent]?.kind ?? agent),
  );
  return silent.flatMap((agent) => {
    const of = unpricedOf(agent, policy);
    if (of.length === 0) return [];
    return [
      `The budget of cost counts only what is known: agent ${agent} tells no cost, and there is no price for ${of.join(', ')}. ` +
        'Add it under prices in the configuration, or limit tokens.',
    ];
  });
}

/** The models without a price that settings name for the agent. */
function unpricedOf(agent: string, policy: RunPolicy): readonly string[] {
  const { modelOverride, prices = {}, routing } = policy;
  const { roles = {}, phases = {}, tags = {}, fallback = [] } = routing ?? {};
  const rules = [roles, phases, tags, fallback].flatMap((each) => Object.values<RouteRule>(each));
  const ofAgent = rules.filter((rule) => (agentOfRule(policy, rule) ?? policy.agent) === agent);
  const named = modelOverride === null ? ofAgent.flatMap(({ model }) => model ?? []) : [modelOverride];
  if (modelOverride === null && named.length === 0) return ["the agent's own model"];
  return [...new Set(named)].filter((model) => !prices[model]);
}
