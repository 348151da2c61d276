import type { ClaudeAgentDefinition } from '@tina/contract';
import type { AgentContext } from '../adapter/agent-adapter.ts';
import { cliAdapter, type FoundCli, type LoginProblem } from '../cli/cli-adapter.ts';
import { fieldsOf } from '../cli/json-fields.ts';
import { isAtLeast } from '../cli/version-range.ts';
import { askProgram } from '../process/ask-version.ts';
import { claudeArguments } from './claude-arguments.ts';
import { CLAUDE_LOGIN } from './claude-outcome.ts';
import { ClaudeSession } from './claude-session.ts';

/** Older ones could take the question for a prompt. */
const TELLS_LOGIN_SINCE = '2.1.329';

/** Claude Code, driven by `stream-json` in both directions. */
export const claudeAdapter = cliAdapter<ClaudeAgentDefinition>({
  kind: 'claude',
  title: 'Claude Code',
  capabilities: {
    turnsInOneProcess: true,
    resume: true,
    progress: 'events',
    messages: 'in-turn',
    interrupt: true,
  },
  versions: { oldest: '2.1.0', tried: '2.1.329' },
  install: 'npm install -g @anthropic-ai/claude-code',
  startArguments: (agent) =>
    claudeArguments(
      { agent, model: null, mcp: null, directory: '', env: {} },
      { access: 'write', worktree: '<worktree>', folders: ['<out>'] },
      { id: '<session>', isKnown: false },
    ),
  findLoginProblem,
  begin: (launch, io) => new ClaudeSession(launch, io),
});

async function findLoginProblem(found: FoundCli, context: AgentContext): Promise<LoginProblem | null> {
  if (!isAtLeast(found.version, TELLS_LOGIN_SINCE)) return null;
  const { output } = await askProgram(found.program, [...found.before, 'auth', 'status'], context);
  if (!saysLoggedOut(output)) return null;
  return { message: 'Nobody is logged in to Claude Code.', next: [CLAUDE_LOGIN], isCertain: true };
}

function saysLoggedOut(output: string): boolean {
  try {
    return fieldsOf(JSON.parse(output))['loggedIn'] === false;
  } catch {
    return false;
  }
}
