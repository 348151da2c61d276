import { CHECK_STAGES, FINALIZE_MODES, PRESETS } from '@tina/domain';
import { z } from 'zod';
import { agentDefinitionSchema, environmentNames } from './agent-definition.ts';
import { budgetsSchema, overloadSchema, pricesSchema } from './budget-schema.ts';
import { durationSchema } from './duration-schema.ts';
import { rolesSchema, routingSchema } from './routing-schema.ts';
import { sandboxSchema } from './sandbox-schema.ts';

const checkSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and dashes'),
  command: z.string().min(1),
  at: z.array(z.enum(CHECK_STAGES)).min(1).default(['task', 'phase', 'finalize']),
  timeout: durationSchema.optional(),
  failures: z
    .string()
    .refine(isRegularExpression, 'must be a regular expression')
    .optional()
    .describe('Finds the names of single failures in the output: the first group, else the whole match'),
});

const setupSchema = z.union([
  z.string().min(1),
  z.strictObject({ command: z.string().min(1), timeout: durationSchema.optional() }),
]);

/** One configuration file. Every field may be left out; a project's file goes over the user's, field by field. */
export const configFileSchema = z
  .strictObject({
    version: z.literal(1).describe('The version of this format'),
    agents: z
      .object({ default: z.string().min(1).optional().describe('The agent that does the work') })
      .catchall(agentDefinitionSchema)
      .describe('Agents by name, besides the one to use'),
    roles: rolesSchema,
    routing: routingSchema,
    sandbox: sandboxSchema,
    setup: setupSchema.describe('Runs once in each new worktree, such as npm ci'),
    env: environmentNames.describe(
      'Names of environment variables with secrets, such as NPM_TOKEN, that checks and the set-up command get; their values are kept out of what these print',
    ),
    worktrees: z.strictObject({
      root: z
        .string()
        .min(1)
        .optional()
        .describe('Where worktrees are made, seen from the project; default: below the state folder'),
      include: z.array(z.string().min(1)).optional().describe('Ignored files to bring along, such as .env'),
    }),
    checks: z.array(checkSchema).refine(hasUniqueNames, 'names of checks must differ'),
    limits: z.strictObject({
      parallelAgents: z
        .int()
        .min(1)
        .max(64)
        .optional()
        .describe('Agents of one run at work at the same time'),
      machineAgents: z
        .int()
        .min(1)
        .max(256)
        .optional()
        .describe('Agents of all runs on this machine; only in the user file'),
      tasksPerPlan: z.int().min(1).max(500).optional(),
      idleWarning: durationSchema.optional().describe('Warn when an agent shows no progress for so long'),
      idleStop: durationSchema.optional().describe('Stop an agent that shows no progress for so long'),
      turn: durationSchema.optional().describe('The longest that one turn of an agent may take'),
      start: durationSchema.optional().describe('The longest that an agent may take to report in'),
    }),
    retries: z.strictObject({
      backoff: durationSchema.optional().describe('Wait before a failed attempt is retried'),
      overload: overloadSchema.optional(),
    }),
    budgets: budgetsSchema,
    prices: pricesSchema,
    models: z.strictObject({
      known: z
        .array(z.string().min(1))
        .optional()
        .describe(
          'Models a plan may name, besides those that roles and routing name; default: those that the agents are known to take',
        ),
    }),
    policy: z.strictObject({
      preset: z.enum(PRESETS).optional(),
      taskReview: z.enum(['all', 'plan', 'none']).optional(),
      gates: z.strictObject({ plan: z.boolean().optional(), review: z.boolean().optional() }).optional(),
    }),
    finalize: z.enum(FINALIZE_MODES),
  })
  .partial()
  .required({ version: true });

export type ConfigFile = z.infer<typeof configFileSchema>;

function hasUniqueNames(checks: readonly { readonly name: string }[]): boolean {
  return new Set(checks.map((check) => check.name)).size === checks.length;
}

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text, 'm');
    return true;
  } catch {
    return false;
  }
}
