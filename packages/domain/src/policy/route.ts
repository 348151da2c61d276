import { mainPhase } from '../naming/names.ts';
import type { RunPolicy } from './policy.ts';
import { isReviewOfWork, isWritingRole, REVIEWS_OF_WORK, type Role } from './role.ts';
import type { Route, RouteRule, RoutingPolicy } from './routing-policy.ts';

/** What is asked of the routes: who does this work. */
export interface RouteRequest {
  readonly role: Role;
  /** Null for work that belongs to no phase. */
  readonly phase: string | null;
  /** What the plan says of the task; null where there is none. */
  readonly task: { readonly model: string | null; readonly tags?: readonly string[] } | null;
  /** Who did the work that a reviewer looks at. */
  readonly authors: readonly Route[];
  /** Who has met a limit that still holds. */
  readonly limited: readonly Route[];
}

/** Who does the work, and which setting says so. */
export interface Routed extends Route {
  readonly because: string;
}

/** The routes of a run, as far as its policy says them. */
export type RoutesOf = Pick<RunPolicy, 'agent' | 'modelOverride' | 'routing'>;

const NO_ROUTING: RoutingPolicy = {
  agentOverride: null,
  roles: {},
  models: {},
  phases: {},
  tags: {},
  fallback: [],
  reviewersDiffer: false,
};

/**
 * Which agent and which model an attempt gets. The first that names an agent decides: the command line, a tag of the task,
 * the phase, the role, the model that the plan gives the task, the default. A setting that names a model alone means the
 * agent that the policy gives that model to. The model is that of the first which has one for this agent.
 *
 * Tags and the model of the plan say who does the task's work, not who reviews it.
 *
 * Whoever has met a limit is left out where a fall-back has not; a reviewer who would look at work of its own is, where
 * reviewers must differ, always. Null: then nobody is left.
 */
export function route(policy: RoutesOf, request: RouteRequest): Routed | null {
  const { fallback, reviewersDiffer } = policy.routing ?? NO_ROUTING;
  const chosen = chosenRoute(policy, request);
  const isBarred = (one: Route): boolean =>
    reviewersDiffer &&
    isReviewOfWork(request.role) &&
    request.authors.some((author) => mayBeSame(one, author));
  const others: readonly Route[] = isBarred(chosen)
    ? [...fallback, ...REVIEWS_OF_WORK.map((role) => chosenRoute(policy, { ...request, role }))]
    : fallback;
  const fit = [chosen, ...others].filter((one) => !isBarred(one));
  const taken = fit.find((one) => !isAmong(one, request.limited)) ?? fit[0];
  if (taken === undefined) return null;
  const { agent, model } = taken;
  if (taken === chosen) return chosen;
  const why = isBarred(chosen) ? 'is the author of what is reviewed' : 'has met its limit';
  return { agent, model, because: `${routeText(chosen)} ${why}` };
}

/** Every agent that the policy can come to. */
export function reachableAgents(policy: RoutesOf): readonly string[] {
  const { roles, models, phases, tags, fallback } = policy.routing ?? NO_ROUTING;
  const others = fallback.map(({ agent }) => agent);
  const everywhere = agentOfRule(policy, commandLine(policy));
  if (everywhere !== null) return [...new Set([everywhere, ...others])];
  const rules = [roles, phases, tags].flatMap((each) => Object.values(each));
  const named = rules.map((rule) => agentOfRule(policy, rule)).filter((agent) => agent !== null);
  return [...new Set([policy.agent, ...named, ...Object.values(models), ...others])];
}

/** The agent that a setting means: the one it names, else the one that its model goes to; null for none. */
export function agentOfRule({ routing = NO_ROUTING }: RoutesOf, { agent, model }: RouteRule): string | null {
  return agent ?? (model === null ? null : agentOfModel(routing.models, model));
}

/** As a person reads it: `claude (opus)`. */
export function routeText({ agent, model }: Route): string {
  return model === null ? agent : `${agent} (${model})`;
}

/** Whether the two are one agent with one model. */
export function isSameRoute(one: Route, other: Route): boolean {
  return one.agent === other.agent && one.model === other.model;
}

function isAmong(one: Route, many: readonly Route[]): boolean {
  return many.some((other) => isSameRoute(one, other));
}

/** An agent's own model may be any: whoever uses it is not known to differ from others of that agent. */
function mayBeSame(one: Route, other: Route): boolean {
  const isKnown = one.model !== null && other.model !== null;
  return one.agent === other.agent && (!isKnown || one.model === other.model);
}

interface Candidate extends RouteRule {
  readonly because: string;
}

/** What the settings say alone, whoever has met a limit or written what is reviewed. */
export function chosenRoute(
  policy: RoutesOf,
  request: Pick<RouteRequest, 'role' | 'phase' | 'task'>,
): Routed {
  const resolved = candidates(policy, request).map((candidate) => ({
    ...candidate,
    agent: agentOfRule(policy, candidate),
  }));
  const decisive = resolved.find(({ agent }) => agent !== null);
  const agent = decisive?.agent ?? policy.agent;
  const model = resolved.find((each) => each.model !== null && (each.agent ?? agent) === agent);
  const reasons = [decisive?.because ?? 'default', ...(model ? [model.because] : [])];
  return { agent, model: model?.model ?? null, because: [...new Set(reasons)].join('; model: ') };
}

function candidates(
  policy: RoutesOf,
  { role, phase, task }: Pick<RouteRequest, 'role' | 'phase' | 'task'>,
): readonly Candidate[] {
  const { roles, phases, tags } = policy.routing ?? NO_ROUTING;
  const work = isWritingRole(role) ? task : null;
  const said = (because: string, rule: RouteRule | null): readonly Candidate[] =>
    rule === null ? [] : [{ ...rule, because }];
  return [
    ...said('the command line', commandLine(policy)),
    ...(work?.tags ?? []).flatMap((tag) => said(`tag ${tag}`, ownOf(tags, tag))),
    ...(phase === null
      ? []
      : said(`phase ${phase}`, ownOf(phases, phase) ?? ownOf(phases, mainPhase(phase)))),
    ...said(`role ${role}`, roles[role] ?? null),
    ...said('the plan', work ? { agent: null, model: work.model } : null),
  ];
}

function commandLine({ modelOverride, routing = NO_ROUTING }: RoutesOf): RouteRule {
  return { agent: routing.agentOverride, model: modelOverride };
}

/** The whole name counts before a beginning, and a longer beginning before a shorter. */
function agentOfModel(models: RoutingPolicy['models'], model: string): string | null {
  const beginnings = Object.keys(models)
    .filter((name) => name.endsWith('*') && model.startsWith(name.slice(0, -1)))
    .toSorted((a, b) => b.length - a.length);
  return [model, ...beginnings].map((name) => ownOf(models, name)).find((agent) => agent !== null) ?? null;
}

/** Names of users may be those of properties that every object has. */
function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | null {
  return Object.hasOwn(record, name) ? (record[name] as T) : null;
}
