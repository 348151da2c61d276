import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { GeminiAgentDefinition } from '@tina/contract';
import { AcpSession } from '../acp/acp-session.ts';
import type { AgentContext } from '../adapter/agent-adapter.ts';
import { cliAdapter, type LoginProblem } from '../cli/cli-adapter.ts';
import { geminiDialect, GEMINI_LOGIN } from './gemini-dialect.ts';

/** Gemini CLI: docs/agents.md, and docs/decisions/011-gemini-over-acp.md. */
export const geminiAdapter = cliAdapter<GeminiAgentDefinition>({
  kind: 'gemini',
  title: 'Gemini CLI',
  capabilities: {
    turnsInOneProcess: true,
    resume: true,
    progress: 'events',
    messages: 'next-turn',
    interrupt: true,
  },
  // Its ACP mode was called experimental before, and asked for differently.
  versions: { oldest: '0.61.0', tried: '0.61.0' },
  install: 'npm install -g @google/gemini-cli',
  startArguments: (agent) =>
    geminiDialect(
      { agent, model: null, directory: '<attempt>' },
      { outDirectory: '<out>', env: {} },
    ).command.slice(agent.command.length),
  findLoginProblem: (_found, context) => Promise.resolve(findLoginProblem(context)),
  begin: (launch, io) => new AcpSession(launch, io, geminiDialect(launch, io)),
});

/** What it logs in with: a key, or what a login leaves in its folder. It has no command that says so. */
function findLoginProblem({ env }: AgentContext): LoginProblem | null {
  const keys = ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_CLOUD_PROJECT', 'GOOGLE_GENAI_USE_VERTEXAI'];
  if (keys.some((name) => (env[name] ?? '') !== '')) return null;
  const home = env['GEMINI_CLI_HOME'] ?? env['HOME'] ?? '/';
  if (['oauth_creds.json', '.env'].some((name) => existsSync(join(home, '.gemini', name)))) return null;
  const message = 'Nobody seems to be logged in to Gemini CLI, and no key is in its environment.';
  return { message, next: [GEMINI_LOGIN], isCertain: false };
}
