import type {
  BackoffPolicy,
  BudgetPolicy,
  CheckDefinition,
  FinalizeMode,
  ModelPrice,
  Preset,
  Role,
  RouteRule,
  RoutingPolicy,
  TaskReviewPolicy,
} from '@tina/domain';
import type { AgentDefinition } from './agent-definition.ts';

/** The configuration that holds, every default filled in. Durations are milliseconds. */
export interface EffectiveConfig {
  readonly agents: {
    /** The agent that does the work; null when nobody chose one. */
    readonly default: string | null;
    readonly definitions: Readonly<Record<string, AgentDefinition>>;
  };
  /** Of every agent whose definition says nothing else. */
  readonly sandbox: {
    readonly enabled: boolean;
    readonly network: boolean;
    readonly writable: readonly string[];
  };
  /** Who does the work of each role. */
  readonly roles: Readonly<Partial<Record<Role, RouteRule>>>;
  readonly routing: Omit<RoutingPolicy, 'agentOverride' | 'roles'>;
  /** Runs once in each new worktree. */
  readonly setup: { readonly command: string; readonly timeoutMs: number } | null;
  /** Names of environment variables that checks and the set-up command get although they look like secrets. */
  readonly env: readonly string[];
  readonly worktrees: {
    /** Null: below the state folder. */
    readonly root: string | null;
    readonly include: readonly string[];
  };
  readonly checks: readonly CheckDefinition[];
  readonly limits: {
    readonly parallelAgents: number;
    readonly machineAgents: number;
    readonly tasksPerPlan: number;
    readonly idleWarningMs: number;
    readonly idleStopMs: number;
    readonly turnMs: number;
    readonly startMs: number;
  };
  readonly retries: { readonly backoffMs: number; readonly overload: BackoffPolicy };
  readonly budgets: BudgetPolicy;
  /** The user's own, by model; they go over the published ones. */
  readonly prices: Readonly<Record<string, ModelPrice>>;
  readonly models: {
    /** What a plan may name; null: what the run's agents are known to take. */
    readonly known: readonly string[] | null;
  };
  readonly policy: {
    readonly preset: Preset;
    readonly taskReview: TaskReviewPolicy;
    readonly gates: { readonly plan: boolean; readonly review: boolean };
  };
  readonly finalize: FinalizeMode;
}

/** Where a setting comes from. A preset's own settings count as default. */
export type ConfigOrigin = 'default' | 'user' | 'project';

/** The origin of every setting, by the path that configuration files use: `limits.idleStop`, `agents.claude`. */
export type ConfigOrigins = Readonly<Record<string, ConfigOrigin>>;

/** The text of one configuration file. */
export interface ConfigSource {
  readonly path: string;
  readonly text: string;
}
