import type { CheckDefinition } from '../check/check.ts';
import type { ModelPrice } from '../price/price.ts';
import type { BackoffPolicy, BudgetPolicy } from './budget.ts';
import type { RoutingPolicy } from './routing-policy.ts';

export const PRESETS = ['strict', 'balanced', 'fast'] as const;
export type Preset = (typeof PRESETS)[number];

export const FINALIZE_MODES = ['ask', 'merge', 'pr', 'keep', 'discard'] as const;
/** What to do with the run's branch at the end; `ask` opens a gate. */
export type FinalizeMode = (typeof FINALIZE_MODES)[number];
export type FinalizeChoice = Exclude<FinalizeMode, 'ask'>;

/** Which reviews a phase task gets: all of them, those its plan asks for, or none. */
export type TaskReviewPolicy = 'all' | 'plan' | 'none';

/** Every setting that decides how a run goes, fixed when the run starts. Durations are milliseconds. */
export interface RunPolicy {
  readonly preset: Preset;
  /** The agent that does the work for which nothing names another, by its configured name. */
  readonly agent: string;
  /** Replaces every model, of tasks and of roles. */
  readonly modelOverride: string | null;
  /** Who does what; left out: `agent` does everything. */
  readonly routing?: RoutingPolicy;
  /** Names a plan may give as a task's model. */
  readonly knownModels: readonly string[];
  /** Agents of this run at work at the same time; also the number of slots. */
  readonly parallelAgents: number;
  readonly maxTasksPerPlan: number;
  readonly taskReview: TaskReviewPolicy;
  readonly gates: { readonly plan: boolean; readonly review: boolean };
  readonly finalize: FinalizeMode;
  readonly checks: readonly CheckDefinition[];
  /** Whether a set-up command is configured. */
  readonly hasSetup: boolean;
  readonly retries: RetryPolicy;
  /** How often the gaps of a task's reviews go back to it. */
  readonly maxReviewRounds: number;
  /** How deep remediation phases may nest: 2 allows `1.5` and `1.5.5`. */
  readonly maxRemediationDepth: number;
  /** What agents may use up; left out: as much as they like. */
  readonly budgets?: BudgetPolicy;
  /** What the models cost that this run may use, by the names it has for them; a model that is not here is not known. */
  readonly prices?: Readonly<Record<string, ModelPrice>>;
  /** The day of the table that they are from, such as `2026-11-20`. */
  readonly pricesAsOf?: string;
}

export interface RetryPolicy {
  /** New attempts after a failed one. */
  readonly failure: number;
  /** New attempts after output that does not fit its form. */
  readonly output: number;
  /** New attempts after one was lost with its host, session or machine. */
  readonly lost: number;
  /** Wait before the retry of a failed attempt. */
  readonly backoffMs: number;
  /** The waits for a service that is overloaded or cannot be reached; left out: `BACKOFF_DEFAULTS`. */
  readonly overload?: BackoffPolicy;
}

/** The three presets differ in how strictly work is reviewed and where a person is asked. */
export const PRESET_POLICIES: Readonly<Record<Preset, Pick<RunPolicy, 'taskReview' | 'gates'>>> = {
  strict: { taskReview: 'all', gates: { plan: true, review: true } },
  balanced: { taskReview: 'plan', gates: { plan: false, review: false } },
  fast: { taskReview: 'none', gates: { plan: false, review: false } },
};

export const POLICY_DEFAULTS = {
  preset: 'balanced',
  /** Three agents keep a laptop usable and most plans busy. */
  parallelAgents: 3,
  /** A plan of more tasks is a phase that should have been two. */
  maxTasksPerPlan: 20,
  finalize: 'ask',
  knownModels: ['haiku', 'sonnet', 'opus'],
  /** Long enough for a passing hiccup of a service, short enough not to be noticed. */
  retries: { failure: 1, output: 1, lost: 5, backoffMs: 5_000 },
  maxReviewRounds: 3,
  maxRemediationDepth: 2,
} as const satisfies Partial<RunPolicy>;

/** How long an attempt parks on a limit whose reset time the agent did not tell. */
export const DEFAULT_PARK_MS = 300_000;
