import { z } from 'zod';
import { sandboxSchema } from './sandbox-schema.ts';

export const environmentNames = z.array(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable'),
);

export const scriptedAgentSchema = z
  .strictObject({
    kind: z.literal('scripted'),
    script: z.string().min(1).describe('The YAML script, relative to the project'),
    sandbox: sandboxSchema.optional(),
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
    sandbox: sandboxSchema.optional(),
  })
  .describe('Any program that takes a prompt and is given the report command');

/** Every agent CLI is set by the same three fields. */
function cliAgentFields<Kind extends string>(kind: Kind, variables: readonly string[]) {
  return {
    kind: z.literal(kind),
    command: z
      .array(z.string())
      .min(1)
      .default([kind])
      .describe(
        'The program, where it is not found under its usual name, and what stands before its arguments',
      ),
    args: z.array(z.string()).default([]).describe('Arguments that the program gets besides those of Tina'),
    env: environmentNames
      .default([...variables])
      .describe('Names of environment variables that the agent gets besides the standard ones'),
    sandbox: sandboxSchema.optional(),
  };
}

/** What stands between a CLI and its service in many offices. */
const NETWORK_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

export const claudeAgentSchema = z
  .strictObject(
    cliAgentFields('claude', [
      'ANTHROPIC_API_KEY',
      'ANTHROPIC_AUTH_TOKEN',
      'ANTHROPIC_BASE_URL',
      'ANTHROPIC_MODEL',
      'CLAUDE_CODE_OAUTH_TOKEN',
      'CLAUDE_CODE_USE_BEDROCK',
      'CLAUDE_CODE_USE_VERTEX',
      'CLAUDE_CONFIG_DIR',
      'NODE_EXTRA_CA_CERTS',
      ...NETWORK_VARIABLES,
    ]),
  )
  .describe('Claude Code, with the user’s own login');

export const codexAgentSchema = z
  .strictObject(
    cliAgentFields('codex', [
      'CODEX_HOME',
      'CODEX_CA_CERTIFICATE',
      'OPENAI_API_KEY',
      'SSL_CERT_FILE',
      ...NETWORK_VARIABLES,
    ]),
  )
  .describe('Codex, with the user’s own login');

export const geminiAgentSchema = z
  .strictObject(
    cliAgentFields('gemini', [
      'GEMINI_API_KEY',
      'GEMINI_CLI_HOME',
      'GOOGLE_API_KEY',
      'GOOGLE_APPLICATION_CREDENTIALS',
      'GOOGLE_CLOUD_LOCATION',
      'GOOGLE_CLOUD_PROJECT',
      'GOOGLE_GEMINI_BASE_URL',
      'GOOGLE_GENAI_USE_VERTEXAI',
      'NODE_EXTRA_CA_CERTS',
      ...NETWORK_VARIABLES,
    ]),
  )
  .describe('Gemini CLI, with the user’s own login');

export const opencodeAgentSchema = z
  .strictObject(
    cliAgentFields('opencode', [
      'ANTHROPIC_API_KEY',
      'GEMINI_API_KEY',
      'NODE_EXTRA_CA_CERTS',
      'OPENAI_API_KEY',
      'OPENCODE_CONFIG',
      'OPENCODE_CONFIG_CONTENT',
      'OPENCODE_CONFIG_DIR',
      'OPENROUTER_API_KEY',
      'XDG_CONFIG_HOME',
      'XDG_DATA_HOME',
      ...NETWORK_VARIABLES,
    ]),
  )
  .describe('OpenCode, with the user’s own logins; models are named provider/model');

export const acpAgentSchema = z
  .strictObject({
    kind: z.literal('acp'),
    command: z
      .array(z.string())
      .min(1)
      .describe('Program and arguments that begin to speak the Agent Client Protocol on stdin and stdout'),
    env: environmentNames
      .default([])
      .describe('Names of environment variables that the agent gets besides the standard ones'),
    readMode: z
      .string()
      .min(1)
      .optional()
      .describe('The agent’s own mode for roles that only read; default: the one that it begins with'),
    writeMode: z
      .string()
      .min(1)
      .optional()
      .describe('The agent’s own mode for roles that write; default: the one that it begins with'),
    usage: z
      .enum(['turn', 'session', 'request'])
      .optional()
      .describe(
        'What the numbers count that the agent tells at the end of each turn; with it, a turn without them has failed',
      ),
    sandbox: sandboxSchema.optional(),
  })
  .describe('Any agent that speaks the Agent Client Protocol (ACP)');

export const agentDefinitionSchema = z.discriminatedUnion('kind', [
  scriptedAgentSchema,
  commandAgentSchema,
  claudeAgentSchema,
  codexAgentSchema,
  geminiAgentSchema,
  opencodeAgentSchema,
  acpAgentSchema,
]);

/** How an agent is started. */
export type AgentDefinition = z.infer<typeof agentDefinitionSchema>;
export type ScriptedAgentDefinition = z.infer<typeof scriptedAgentSchema>;
export type CommandAgentDefinition = z.infer<typeof commandAgentSchema>;
export type ClaudeAgentDefinition = z.infer<typeof claudeAgentSchema>;
export type CodexAgentDefinition = z.infer<typeof codexAgentSchema>;
export type GeminiAgentDefinition = z.infer<typeof geminiAgentSchema>;
export type OpencodeAgentDefinition = z.infer<typeof opencodeAgentSchema>;
export type AcpAgentDefinition = z.infer<typeof acpAgentSchema>;

/** The definition of one of the agent CLIs that Tina knows. */
export type CliAgentDefinition = Extract<AgentDefinition, { readonly args: string[] }>;
