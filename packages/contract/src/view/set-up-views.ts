import { CHECK_STAGES, FINALIZE_MODES, PRESETS, ROLES } from '@tina/domain';
import { z } from 'zod';
import { agentDefinitionSchema } from '../config/agent-definition.ts';

const texts = (meaning: string) => z.array(z.string()).readonly().describe(meaning);
const path = (meaning: string) => z.string().describe(`${meaning}: a path`);
const milliseconds = (meaning: string) => z.int().describe(`${meaning}, in milliseconds`);
const stages = z.array(z.enum(CHECK_STAGES)).readonly();

/** One thing that `tina doctor` looked at. */
export const examinationSchema = z.object({
  name: z.string().describe('what was looked at, such as `git` or `state folder`'),
  status: z.enum(['ok', 'warning', 'missing']).describe('missing: no run is possible without it'),
  found: z.string().describe('what was found, for a person'),
  version: z.string().nullable().describe('null where there is none'),
  details: texts('where a mistake stands, one a line'),
  next: texts('what to do when it is not ok'),
});

export const doctorViewSchema = z.object({
  ok: z.boolean().describe('nothing is missing; the exit code is 0 then, else 1'),
  examinations: z.array(examinationSchema).readonly().describe('everything that was looked at'),
});

const checkSchema = z.object({
  name: z.string().describe('as configured'),
  command: z.string().describe('a shell command line'),
  at: stages.describe('when it runs, besides on the base commit'),
  timeoutMs: milliseconds('the longest it may take'),
  failures: z.string().nullable().describe('the regular expression that finds single failures'),
});

const limitsSchema = z.object({
  parallelAgents: z.int().describe('agents of one run at work at once'),
  machineAgents: z.int().describe('agents of all runs on this machine at work at once'),
  tasksPerPlan: z.int().describe('the most tasks that a plan may have'),
  idleWarningMs: milliseconds('without progress for so long, an agent is warned of'),
  idleStopMs: milliseconds('without progress for so long, an agent is stopped'),
  turnMs: milliseconds('the longest turn of an agent'),
  startMs: milliseconds('the longest that an agent may take to report in'),
});

/** The configuration that holds, every default filled in: `EffectiveConfig`. */
const overloadSchema = z.object({
  firstMs: milliseconds('the first wait'),
  factor: z.number().describe('how much longer each wait is than the one before'),
  capMs: milliseconds('the longest wait'),
  times: z.int().describe('so many waits in a row'),
});

const budgetSchema = z
  .object({
    turns: z.number().exactOptional().describe('turns of agents'),
    wall: milliseconds('how long turns take, added up').exactOptional(),
    tokens: z.number().exactOptional().describe('tokens of every kind'),
    cost: z.number().exactOptional().describe('US dollars'),
  })
  .readonly();

const budgetsSchema = z.object({
  attempt: budgetSchema.describe('of each attempt'),
  phase: budgetSchema.describe('of each phase with its remediations'),
  run: budgetSchema.describe('of the run'),
  warnAt: z.number().describe('the part of a limit at which a warning is given'),
});

const routeRuleSchema = z.object({
  agent: z.string().nullable().describe('null: it names none'),
  model: z.string().nullable().describe('null: it names none'),
});

const effectiveConfigSchema = z.object({
  agents: z
    .object({
      default: z.string().nullable().describe('the agent that does the work; null when nobody chose one'),
      definitions: z
        .record(z.string(), agentDefinitionSchema)
        .readonly()
        .describe('agents by name, as configured; what they have depends on their `kind`'),
    })
    .describe('the agents'),
  roles: z
    .partialRecord(z.enum(ROLES), routeRuleSchema)
    .readonly()
    .describe('who does the work of each role'),
  routing: z
    .object({
      models: z.record(z.string(), z.string()).readonly().describe('agents by model, or its beginning and *'),
      phases: z.record(z.string(), routeRuleSchema).readonly().describe('who does the work of a phase'),
      tags: z.record(z.string(), routeRuleSchema).readonly().describe('who does tasks with a tag'),
      fallback: z
        .array(
          z.object({
            agent: z.string().describe('by its name'),
            model: z.string().nullable().describe("null: the agent's own"),
          }),
        )
        .readonly()
        .describe('who takes over from whoever has met a limit'),
      reviewersDiffer: z.boolean().describe('nobody reviews work of its own agent and model'),
    })
    .describe('which agent and model does which work'),
  sandbox: z
    .object({
      enabled: z.boolean().describe('agents run under bubblewrap'),
      network: z.boolean().describe('they reach the network from there'),
      writable: texts('folders that they may write to besides those of their work'),
    })
    .describe('the sandbox of every agent whose definition says nothing else'),
  setup: z
    .object({
      command: z.string().describe('a shell command line'),
      timeoutMs: milliseconds('the longest it may take'),
    })
    .nullable()
    .describe('runs once in each new worktree'),
  env: texts('environment variables with secrets that checks and the set-up command get'),
  worktrees: z
    .object({
      root: z.string().nullable().describe('where they are made; null: below the state folder'),
      include: texts('ignored files to bring along'),
    })
    .describe('the worktrees'),
  checks: z.array(checkSchema).readonly().describe('what Tina runs itself'),
  limits: limitsSchema.describe('how much at once, and how long'),
  retries: z
    .object({
      backoffMs: milliseconds('the wait before a failed attempt is retried'),
      overload: overloadSchema.describe(
        'how a service is waited for that is overloaded or cannot be reached',
      ),
    })
    .describe('tries'),
  budgets: budgetsSchema.describe('what agents may use up before a person is asked'),
  prices: z
    .record(
      z.string(),
      z.object({
        input: z.number().describe('of input that no cache had'),
        output: z.number().describe('of output'),
        cacheRead: z.number().nullable().describe('of input that a cache had; null: not known'),
        cacheWrite: z.number().nullable().describe('of input that goes into a cache; null: not known'),
      }),
    )
    .readonly()
    .describe('what models cost by the configuration, in US dollars for a million tokens'),
  models: z
    .object({
      known: z
        .array(z.string())
        .readonly()
        .nullable()
        .describe('models that a plan may name; null: those that the agents are known to take'),
    })
    .describe('the models'),
  policy: z
    .object({
      preset: z.enum(PRESETS).describe('how strictly work is reviewed'),
      taskReview: z.enum(['all', 'plan', 'none']).describe('which reviews a task of a plan gets'),
      gates: z
        .object({
          plan: z.boolean().describe('whether a person approves each plan'),
          review: z.boolean().describe('whether a person approves each review'),
        })
        .describe('where a person is asked'),
    })
    .describe('the policy'),
  finalize: z.enum(FINALIZE_MODES).describe('what becomes of the branch'),
});

export const configViewSchema = z.object({
  config: effectiveConfigSchema.describe('the configuration that holds, every default filled in'),
  origins: z
    .record(z.string(), z.enum(['default', 'user', 'project']))
    .readonly()
    .describe('where each setting comes from, by its path in the files, such as `limits.idleStop`'),
  paths: z
    .object({
      user: path("the user's file"),
      project: path("the project's file").nullable(),
    })
    .describe('the files that count, whether they are there or not; null outside of a repository'),
});

const proposedPartSchema = z.object({
  seen: z.string().describe('what showed it, such as `package.json with package-lock.json`'),
  setup: z.string().nullable().describe('the set-up command that fits it'),
  checks: z
    .array(
      z.object({
        name: z.string().describe('what it is called'),
        command: z.string().describe('a shell command line'),
        at: stages.describe('when it would run'),
      }),
    )
    .readonly()
    .describe('the checks that fit it'),
});

export const initViewSchema = z.object({
  path: path("the project's configuration file"),
  exists: z.boolean().describe('it was there before'),
  written: z.boolean().describe('it was written now'),
  proposal: z.string().describe('its proposed text'),
  parts: z.array(proposedPartSchema).readonly().describe('what the project is made of, as far as it shows'),
  agents: z
    .array(z.object({ name: z.string().describe('as it would be configured'), path: path('its program') }))
    .readonly()
    .describe('agent programs that were found'),
});

export type ExaminationView = Readonly<z.infer<typeof examinationSchema>>;
export type DoctorView = z.infer<typeof doctorViewSchema>;
export type ConfigView = z.infer<typeof configViewSchema>;
export type InitView = z.infer<typeof initViewSchema>;
