import type { CodexAgentDefinition } from '@tina/contract';
import type { AgentContext } from '../adapter/agent-adapter.ts';
import { cliAdapter, type FoundCli, type LoginProblem } from '../cli/cli-adapter.ts';
import { askProgram } from '../process/ask-version.ts';
import { CODEX_LOGIN } from './codex-outcome.ts';
import { codexArguments } from './codex-settings.ts';
import { CodexSession } from './codex-session.ts';

/** Codex as an app-server: docs/decisions/010-codex-as-app-server.md. */
export const codexAdapter = cliAdapter<CodexAgentDefinition>({
  kind: 'codex',
  title: 'Codex',
  capabilities: {
    turnsInOneProcess: true,
    resume: true,
    progress: 'events',
    messages: 'in-turn',
    interrupt: true,
  },
  // The app-server is marked experimental and changes: nothing older was tried.
  versions: { oldest: '0.169.0', tried: '0.169.0' },
  install: 'npm install -g @openai/codex',
  startArguments: codexArguments,
  findLoginProblem,
  begin: (launch, io) => new CodexSession(launch, io),
});

/** A provider of the user's own needs no login, so it is uncertain: the first turn knows. */
async function findLoginProblem(found: FoundCli, context: AgentContext): Promise<LoginProblem | null> {
  const { hasSucceeded } = await askProgram(found.program, [...found.before, 'login', 'status'], context);
  if (hasSucceeded) return null;
  const message = 'Nobody is logged in to Codex, which only a provider of your own does without.';
  return { message, next: [CODEX_LOGIN], isCertain: false };
}
