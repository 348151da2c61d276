import {
  agentInSandbox,
  BUILT_IN_AGENTS,
  type EffectiveConfig,
  type ParsedInput,
  type RunSettings,
} from '@tina/contract';
import { type FinalizeMode, POLICY_DEFAULTS, PRESET_POLICIES, type RunPolicy } from '@tina/domain';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { budgetPolicyOf } from './run-budget.ts';
import { routingPolicyOf } from './run-routing.ts';

/** What machine work needs to know, fixed for the run. */
export function settingsOf(
  config: EffectiveConfig,
  repository: string,
  { sandbox }: Pick<ParsedInput<'run.create'>, 'sandbox'>,
): RunSettings {
  const { root } = config.worktrees;
  const { idleWarningMs, idleStopMs, turnMs, startMs } = config.limits;
  return {
    agents: Object.fromEntries(
      Object.entries({ ...BUILT_IN_AGENTS, ...config.agents.definitions }).map(([name, definition]) => [
        name,
        agentInSandbox(definition, config.sandbox, sandbox),
      ]),
    ),
    setup: config.setup,
    env: config.env,
    // As a person would type it there: a daemon stands in a folder of its own.
    worktreesRoot: root === null ? null : resolve(repository, root.replace(/^~(?=\/|$)/, homedir())),
    include: config.worktrees.include,
    limits: { idleWarningMs, idleStopMs, turnMs, startMs },
  };
}

/** Of a run that nobody attends, nobody is asked at the end: its branch is kept. */
function finalizeOf(config: EffectiveConfig, input: ParsedInput<'run.create'>): FinalizeMode {
  const mode = input.finalize ?? config.finalize;
  return mode === 'ask' && input.unattended ? 'keep' : mode;
}

/** The configuration that holds and what the request says, as the run's policy. */
export function policyOf(
  config: EffectiveConfig,
  agent: string,
  input: ParsedInput<'run.create'>,
): RunPolicy {
  const preset = input.preset ?? config.policy.preset;
  // A preset asked for on the command line is meant whole; the file's fields belong to the file's preset.
  const fields = input.preset === undefined ? config.policy : PRESET_POLICIES[input.preset];
  const routing = routingPolicyOf(config, agent, input);
  const fallback = config.routing.fallback.flatMap(({ model }) => model ?? []);
  // Every model that the run may come to use.
  const models = input.model === undefined ? routing.knownModels : [input.model, ...fallback];
  return {
    preset,
    ...routing,
    parallelAgents: input.parallel ?? config.limits.parallelAgents,
    maxTasksPerPlan: config.limits.tasksPerPlan,
    taskReview: fields.taskReview,
    gates: fields.gates,
    finalize: finalizeOf(config, input),
    checks: config.checks,
    hasSetup: config.setup !== null,
    retries: {
      ...POLICY_DEFAULTS.retries,
      backoffMs: config.retries.backoffMs,
      overload: config.retries.overload,
    },
    maxReviewRounds: POLICY_DEFAULTS.maxReviewRounds,
    maxRemediationDepth: POLICY_DEFAULTS.maxRemediationDepth,
    ...budgetPolicyOf(config, input, models),
  };
}
