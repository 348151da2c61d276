import { z } from 'zod';

export const environmentNames = z.array(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable'),
);

export const scriptedAgentSchema = z
  .strictObject({
    kind: z.literal('scripted'),
    script: z.string().min(1).describe('The YAML script, relative to the project'),
  })
  .describe('Follows a script instead of a model: for trying a set-up without spending anything');

export const commandAgentSchema = z
  .strictObject({
    kind: z.literal('command'),
    command: z
      .array(z.string())
      .min(1)
      .describe('Program and arguments; {prompt}, {promptFile}, {model}, {role}, {out} are filled in'),
    prompt: z
      .enum(['stdin', 'argument', 'file'])
      .default('stdin')
      .describe(
        'How the prompt is handed over; argument and file need {prompt} or {promptFile} in the command',
      ),
    versionCommand: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Prints the version; default: program --version'),
    env: environmentNames
      .default([])
      .describe('Names of environment variables that the agent gets besides the standard ones'),
  })
  .describe('Any program that takes a prompt and is given the report command');

export const agentDefinitionSchema = z.discriminatedUnion('kind', [scriptedAgentSchema, commandAgentSchema]);

/** How an agent is started. */
export type AgentDefinition = z.infer<typeof agentDefinitionSchema>;
export type ScriptedAgentDefinition = z.infer<typeof scriptedAgentSchema>;
export type CommandAgentDefinition = z.infer<typeof commandAgentSchema>;
