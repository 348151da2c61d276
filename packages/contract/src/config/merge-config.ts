import {
  BACKOFF_DEFAULTS,
  BUDGET_DEFAULTS,
  POLICY_DEFAULTS,
  PRESET_POLICIES,
  type CheckDefinition,
  type ModelPrice,
  type Route,
  type RouteRule,
} from '@tina/domain';
import type { ErrorData, ErrorPlace } from '../error/tina-error.ts';
import type { AgentDefinition } from './agent-definition.ts';
import { checkLayers } from './check-layers.ts';
import { type ConfigPath, valueAt } from './config-document.ts';
import { CONFIG_DEFAULTS } from './config-defaults.ts';
import type { ConfigFile } from './config-schema.ts';
import type { ConfigOrigin, ConfigOrigins, ConfigSource, EffectiveConfig } from './effective-config.ts';
import { readLayer, type ConfigLayer } from './read-layer.ts';

export type MergedConfig =
  | {
      readonly ok: true;
      readonly config: EffectiveConfig;
      readonly origins: ConfigOrigins;
      /** Where a setting stands in the files; null when in none. */
      readonly placeOf: (path: ConfigPath) => ErrorPlace | null;
    }
  | { readonly ok: false; readonly errors: readonly ErrorData[] };

/**
 * The configuration that holds: the project's file over the user's, field by field, over defaults. Lists (`checks`,
 * `models.known`, `worktrees.include`) and `setup` are one field each; agents, and what is routed by role, model, phase or tag, are a field by name.
 * All mistakes of both files are reported at once, each with its line and column.
 */
export function mergeConfig(user: ConfigSource | null, project: ConfigSource | null): MergedConfig {
  const read = [
    ...(user ? [readLayer('user', user)] : []),
    ...(project ? [readLayer('project', project)] : []),
  ];
  const errors = read.flatMap((one) => (one.ok ? [] : one.errors));
  if (errors.length > 0) return { ok: false, errors };
  const layers = read.flatMap((one) => (one.ok ? [one.layer] : []));
  const picker = createPicker(layers);
  const config = fill(picker);
  const contradictions = checkLayers(layers, config, picker.origins);
  if (contradictions.length > 0) return { ok: false, errors: contradictions };
  const placeOf = (path: ConfigPath): ErrorPlace | null =>
    layers.findLast(({ document }) => valueAt(document.value, path) !== undefined)?.document.placeOf(path) ??
    null;
  return { ok: true, config, origins: picker.origins, placeOf };
}

interface Picker {
  readonly origins: Record<string, ConfigOrigin>;
  /** The value of the last layer that sets it, else the default; notes the origin under `path`. */
  readonly pick: <T>(path: string, get: (file: Partial<ConfigFile>) => T | undefined, fallback: T) => T;
  /** A mapping whose entries are fields of their own. */
  readonly entries: <T>(
    path: string,
    get: (file: Partial<ConfigFile>) => Readonly<Record<string, T | undefined>> | undefined,
  ) => Record<string, T>;
}

function createPicker(layers: readonly ConfigLayer[]): Picker {
  const origins: Record<string, ConfigOrigin> = {};
  return {
    origins,
    pick: (path, get, fallback) => {
      const layer = layers.findLast(({ file }) => get(file) !== undefined);
      origins[path] = layer?.origin ?? 'default';
      return (layer && get(layer.file)) ?? fallback;
    },
    entries: <T>(path: string, get: Parameters<Picker['entries']>[1]) => {
      const merged: Record<string, T> = {};
      for (const { file, origin } of layers) {
        for (const [name, value] of Object.entries(get(file) ?? {})) {
          if (value === undefined) continue;
          merged[name] = value as T;
          origins[`${path}.${name}`] = origin;
        }
      }
      return merged;
    },
  };
}

function fill(picker: Picker): EffectiveConfig {
  const { pick, entries } = picker;
  const preset = pick('policy.preset', (file) => file.policy?.preset, POLICY_DEFAULTS.preset);
  const presetPolicy = PRESET_POLICIES[preset];
  return {
    agents: {
      default: pick<string | null>('agents.default', (file) => file.agents?.default, null),
      definitions: entries<AgentDefinition>('agents', agentDefinitions),
    },
    sandbox: {
      enabled: pick('sandbox.enabled', (file) => file.sandbox?.enabled, false),
      network: pick('sandbox.network', (file) => file.sandbox?.network, true),
      writable: pick<readonly string[]>('sandbox.writable', (file) => file.sandbox?.writable, []),
    },
    ...fillRoutes(picker),
    setup: pick<EffectiveConfig['setup']>('setup', setupOf, null),
    env: pick<readonly string[]>('env', (file) => file.env, []),
    worktrees: {
      root: pick<string | null>('worktrees.root', (file) => file.worktrees?.root, null),
      include: pick<readonly string[]>('worktrees.include', (file) => file.worktrees?.include, []),
    },
    checks: pick<readonly CheckDefinition[]>('checks', checksOf, []),
    limits: fillLimits(picker),
    retries: {
      backoffMs: pick('retries.backoff', (file) => file.retries?.backoff, POLICY_DEFAULTS.retries.backoffMs),
      overload: fillOverload(picker),
    },
    budgets: fillBudgets(picker),
    prices: entries<ModelPrice>('prices', pricesOf),
    models: {
      known: pick<readonly string[] | null>('models.known', (file) => file.models?.known, null),
    },
    policy: {
      preset,
      taskReview: pick('policy.taskReview', (file) => file.policy?.taskReview, presetPolicy.taskReview),
      gates: {
        plan: pick('policy.gates.plan', (file) => file.policy?.gates?.plan, presetPolicy.gates.plan),
        review: pick('policy.gates.review', (file) => file.policy?.gates?.review, presetPolicy.gates.review),
      },
    },
    finalize: pick('finalize', (file) => file.finalize, POLICY_DEFAULTS.finalize),
  };
}

function fillRoutes({ pick, entries }: Picker): Pick<EffectiveConfig, 'roles' | 'routing'> {
  return {
    roles: entries<RouteRule>('roles', ({ roles }) => rulesOf(roles)),
    routing: {
      models: entries<string>('routing.models', ({ routing }) => routing?.models),
      phases: entries<RouteRule>('routing.phases', ({ routing }) => rulesOf(routing?.phases)),
      tags: entries<RouteRule>('routing.tags', ({ routing }) => rulesOf(routing?.tags)),
      fallback: pick<readonly Route[]>(
        'routing.fallback',
        ({ routing }) => routing?.fallback?.map(({ agent, model = null }) => ({ agent, model })),
        [],
      ),
      reviewersDiffer: pick('routing.reviewersDiffer', ({ routing }) => routing?.reviewersDiffer, false),
    },
  };
}

/** Written settings of who does the work, by name. */
type WrittenRules = Readonly<
  Record<string, { readonly agent?: string | undefined; readonly model?: string | undefined } | undefined>
>;

function rulesOf(rules: WrittenRules = {}): Record<string, RouteRule> {
  return Object.fromEntries(
    Object.entries(rules).flatMap(([name, rule]) =>
      rule === undefined ? [] : [[name, { agent: rule.agent ?? null, model: rule.model ?? null }]],
    ),
  );
}

function fillLimits({ pick }: Picker): EffectiveConfig['limits'] {
  const limit = (name: keyof NonNullable<ConfigFile['limits']>, fallback: number): number =>
    pick(`limits.${name}`, (file) => file.limits?.[name], fallback);
  return {
    parallelAgents: limit('parallelAgents', POLICY_DEFAULTS.parallelAgents),
    machineAgents: limit('machineAgents', CONFIG_DEFAULTS.machineAgents),
    tasksPerPlan: limit('tasksPerPlan', POLICY_DEFAULTS.maxTasksPerPlan),
    idleWarningMs: limit('idleWarning', CONFIG_DEFAULTS.idleWarningMs),
    idleStopMs: limit('idleStop', CONFIG_DEFAULTS.idleStopMs),
    turnMs: limit('turn', CONFIG_DEFAULTS.turnMs),
    startMs: limit('start', CONFIG_DEFAULTS.startMs),
  };
}

function fillOverload({ pick }: Picker): EffectiveConfig['retries']['overload'] {
  const overload = (file: Partial<ConfigFile>) => file.retries?.overload;
  return {
    firstMs: pick('retries.overload.first', (file) => overload(file)?.first, BACKOFF_DEFAULTS.firstMs),
    factor: pick('retries.overload.factor', (file) => overload(file)?.factor, BACKOFF_DEFAULTS.factor),
    capMs: pick('retries.overload.cap', (file) => overload(file)?.cap, BACKOFF_DEFAULTS.capMs),
    times: pick('retries.overload.times', (file) => overload(file)?.times, BACKOFF_DEFAULTS.times),
  };
}

function fillBudgets({ pick, entries }: Picker): EffectiveConfig['budgets'] {
  return {
    attempt: entries<number>('budgets.attempt', (file) => file.budgets?.attempt),
    phase: entries<number>('budgets.phase', (file) => file.budgets?.phase),
    run: entries<number>('budgets.run', (file) => file.budgets?.run),
    warnAt: pick('budgets.warnAt', (file) => file.budgets?.warnAt, BUDGET_DEFAULTS.warnAt),
  };
}

function pricesOf({ prices = {} }: Partial<ConfigFile>): Readonly<Record<string, ModelPrice>> {
  return Object.fromEntries(
    Object.entries(prices).map(([model, { input, output, cacheRead = null, cacheWrite = null }]) => [
      model,
      { input, output, cacheRead, cacheWrite },
    ]),
  );
}

function agentDefinitions(file: Partial<ConfigFile>): Readonly<Record<string, AgentDefinition>> {
  const { default: _, ...definitions } = file.agents ?? {};
  return definitions;
}

function setupOf({ setup }: Partial<ConfigFile>): EffectiveConfig['setup'] | undefined {
  if (setup === undefined) return undefined;
  const { command, timeout } = typeof setup === 'string' ? { command: setup, timeout: undefined } : setup;
  return { command, timeoutMs: timeout ?? CONFIG_DEFAULTS.setupTimeoutMs };
}

function checksOf({ checks }: Partial<ConfigFile>): readonly CheckDefinition[] | undefined {
  return checks?.map(({ name, command, at, timeout, failures }) => ({
    name,
    command,
    at,
    timeoutMs: timeout ?? CONFIG_DEFAULTS.checkTimeoutMs,
    failures: failures ?? null,
  }));
}
