import {
  configError,
  configJsonSchema,
  formatDuration,
  mergeConfig,
  type ConfigView,
  type EffectiveConfig,
} from '@tina/contract';
import type { Measure, RouteRule } from '@tina/domain';
import { plain } from '../output/plain.ts';
import { printJson, printLines } from '../output/print.ts';
import { printTable } from '../output/print-table.ts';
import type { CliContext } from '../program/context.ts';
import { pathsOf } from '../program/with-client.ts';
import { findRepository } from '../run/find-repository.ts';
import { budgetSetting } from '../usage/amount-text.ts';
import { readConfigFiles, type ConfigFiles } from './read-config.ts';

export function config(
  context: CliContext,
  flags: { readonly schema: boolean; readonly json: boolean },
): void {
  const { io } = context;
  if (flags.schema) {
    io.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    return;
  }
  const files = readConfigFiles(pathsOf(context).configPath, findRepository(io.cwd));
  const merged = mergeConfig(files.user, files.project);
  if (!merged.ok) throw configError(merged.errors);
  if (flags.json) {
    const paths = { user: files.userPath, project: files.projectPath };
    const view: ConfigView = { config: merged.config, origins: merged.origins, paths };
    return printJson(io, view);
  }
  const values = settings(merged.config);
  const rows = Object.entries(merged.origins)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([field, origin]) => [field, origin, plain(values[field] ?? '')]);
  printTable(io, ['SETTING', 'FROM', 'VALUE'], rows);
  printLines(io, ['', ...fileLines(files)]);
}

function fileLines({ userPath, projectPath, user, project }: ConfigFiles): string[] {
  const there = (found: unknown): string => (found === null ? '  (none)' : '');
  return [
    `user:    ${userPath}${there(user)}`,
    projectPath === null ? 'project: (not in a git repository)' : `project: ${projectPath}${there(project)}`,
  ];
}

/** Each setting as it would stand in a file, by the same path as its origin. */
function settings(config: EffectiveConfig): Readonly<Record<string, string>> {
  const {
    agents,
    sandbox,
    setup,
    env,
    worktrees,
    checks,
    limits,
    retries,
    budgets,
    models,
    policy,
    finalize,
  } = config;
  const values: Record<string, string> = {
    'agents.default': agents.default ?? 'none: say --agent, or  tina init',
    'sandbox.enabled': String(sandbox.enabled),
    'sandbox.network': String(sandbox.network),
    'sandbox.writable': list(sandbox.writable),
    setup: setup === null ? 'none' : `${setup.command}  (at most ${formatDuration(setup.timeoutMs)})`,
    env: list(env),
    'worktrees.root': worktrees.root ?? 'below the state folder',
    'worktrees.include': list(worktrees.include),
    checks: list(checks.map((check) => `${check.name} (${check.at.join(', ')})`)),
    'limits.parallelAgents': String(limits.parallelAgents),
    'limits.machineAgents': String(limits.machineAgents),
    'limits.tasksPerPlan': String(limits.tasksPerPlan),
    'limits.idleWarning': formatDuration(limits.idleWarningMs),
    'limits.idleStop': formatDuration(limits.idleStopMs),
    'limits.turn': formatDuration(limits.turnMs),
    'limits.start': formatDuration(limits.startMs),
    'retries.backoff': formatDuration(retries.backoffMs),
    ...overloadSettings(retries.overload),
    'budgets.warnAt': `${Math.round(budgets.warnAt * 100)}%`,
    ...budgetSettings(budgets),
    ...priceSettings(config.prices),
    'models.known': models.known === null ? 'what the agents are known to take' : list(models.known),
    ...routeSettings(config),
    'policy.preset': policy.preset,
    'policy.taskReview': policy.taskReview,
    'policy.gates.plan': String(policy.gates.plan),
    'policy.gates.review': String(policy.gates.review),
    finalize,
  };
  for (const [name, definition] of Object.entries(agents.definitions)) {
    const what = definition.kind === 'scripted' ? definition.script : definition.command.join(' ');
    values[`agents.${name}`] = `${definition.kind}: ${what}`;
  }
  return values;
}

/** Who does what: `agent (model)`, `agent`, or `(model)`. */
function routeSettings({ roles, routing }: EffectiveConfig): Record<string, string> {
  const { models, phases, tags, fallback, reviewersDiffer } = routing;
  const text = ({ agent, model }: RouteRule): string =>
    [agent ?? '', model === null ? '' : `(${model})`].filter((part) => part !== '').join(' ');
  const under = (path: string, rules: Readonly<Record<string, RouteRule>>): [string, string][] =>
    Object.entries(rules).map(([name, rule]) => [`${path}.${name}`, text(rule)]);
  return {
    ...Object.fromEntries<string>([
      ...under('roles', roles),
      ...under('routing.phases', phases),
      ...under('routing.tags', tags),
      ...Object.entries(models).map(([model, agent]): [string, string] => [`routing.models.${model}`, agent]),
    ]),
    'routing.fallback': list(fallback.map(text)),
    'routing.reviewersDiffer': String(reviewersDiffer),
  };
}

function overloadSettings(overload: EffectiveConfig['retries']['overload']): Record<string, string> {
  return {
    'retries.overload.first': formatDuration(overload.firstMs),
    'retries.overload.factor': String(overload.factor),
    'retries.overload.cap': formatDuration(overload.capMs),
    'retries.overload.times': String(overload.times),
  };
}

function budgetSettings(budgets: EffectiveConfig['budgets']): Record<string, string> {
  const values: Record<string, string> = {};
  for (const scope of ['attempt', 'phase', 'run'] as const) {
    for (const [measure, amount = 0] of Object.entries(budgets[scope]))
      values[`budgets.${scope}.${measure}`] = budgetSetting(measure as Measure, amount);
  }
  return values;
}

function priceSettings(prices: EffectiveConfig['prices']): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [model, { input, output, cacheRead, cacheWrite }] of Object.entries(prices)) {
    const parts = [`input ${input}`, `output ${output}`];
    if (cacheRead !== null) parts.push(`cacheRead ${cacheRead}`);
    if (cacheWrite !== null) parts.push(`cacheWrite ${cacheWrite}`);
    values[`prices.${model}`] = parts.join(', ');
  }
  return values;
}

function list(values: readonly string[]): string {
  return values.length === 0 ? 'none' : values.join(', ');
}
