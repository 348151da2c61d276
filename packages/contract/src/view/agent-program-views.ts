import { z } from 'zod';

const texts = (meaning: string) => z.array(z.string()).readonly().describe(meaning);
const moment = (meaning: string) => z.int().describe(`${meaning}, in milliseconds since 1970`);

const trialStepSchema = z.object({
  step: z.enum(['started', 'wrote', 'committed', 'reported', 'usage']).describe('what was looked for'),
  outcome: z
    .enum(['seen', 'missing', 'untold'])
    .describe('untold: this agent does not say, which keeps nothing from working'),
  found: z.string().describe('what was seen, or what was there instead, for a person'),
});

const trialErrorSchema = z.object({
  kind: z
    .enum([
      'crash',
      'refusal',
      'bad_output',
      'authentication',
      'limit',
      'overload',
      'network',
      'no_progress',
      'timeout',
    ])
    .describe('what kind of failure it was'),
  message: z.string().describe('why the turn failed'),
  resetAt: moment('when a limit ends').nullable(),
});

/** What came of `tina agents test`. */
export const agentTestViewSchema = z.object({
  agent: z.string().describe('the name of the agent'),
  at: moment('when it was begun'),
  durationMs: z.int().describe('how long it took, in milliseconds'),
  version: z.string().nullable().describe('of the program, as it printed it then'),
  model: z.string().nullable().describe('the model that was asked for; null: the program’s own choice'),
  isFit: z.boolean().describe('the agent did all that a run needs'),
  steps: z.array(trialStepSchema).readonly().describe('what was seen, in order'),
  error: trialErrorSchema.nullable().describe('why the turn failed; null when it ended by itself'),
  next: texts('what to do when it is not fit'),
});

/**
 * The content of `agent-tests.json` in the state folder: the last test by the agent's name, and which definition it was of. That may
 * hold secrets, so it is its hash.
 */
export const agentTestsSchema = z.record(
  z.string(),
  z.object({ definition: z.string(), test: agentTestViewSchema }),
);

/** What is known of one agent. */
export const agentViewSchema = z.object({
  name: z.string().describe('as a configuration names it'),
  kind: z.string().describe('what kind of agent it is, such as `claude` or `command`'),
  origin: z.enum(['configured', 'built-in']).describe('built-in: it needs no definition'),
  isDefault: z.boolean().describe('it does the work where nothing else is said'),
  isFound: z.boolean().describe('its program is there'),
  path: z.string().nullable().describe('its program; null where there is none'),
  version: z.string().nullable().describe('as the program prints it; null when it does not tell'),
  versions: z
    .object({
      oldest: z.string().describe('the oldest that can work'),
      tried: z.string().describe('the newest that was tried'),
    })
    .nullable()
    .describe('the range that is known to work; null where any version may do'),
  range: z
    .enum(['fits', 'untried', 'too-old', 'unknown'])
    .nullable()
    .describe('where its version is in that range; null where there is no range, or no program'),
  problem: z.string().nullable().describe('what keeps it from working; null when nothing is known to'),
  warning: z.string().nullable().describe('what a person should know although it can be used'),
  startLine: texts('the command line that it is started with, without secrets'),
  isSandboxed: z.boolean().describe('it is started in a sandbox'),
  test: agentTestViewSchema
    .extend({ isCurrent: z.boolean().describe('it was this version, with these settings') })
    .nullable()
    .describe('the last test; null when there was none'),
  next: texts('what to do when something is missing'),
});

export type AgentTests = Readonly<z.infer<typeof agentTestsSchema>>;
export type AgentView = z.infer<typeof agentViewSchema>;
export type AgentTestView = z.infer<typeof agentTestViewSchema>;
