import { join } from 'node:path';
import type { GeminiAgentDefinition } from '@tina/contract';
import type { AcpDialect } from '../acp/acp-dialect.ts';
import type { AgentIo, AgentLaunch } from '../adapter/agent-adapter.ts';
import { textOf } from '../cli/json-fields.ts';
import { keepGeminiConversation, makeGeminiHome } from './gemini-home.ts';

export const GEMINI_LOGIN = 'gemini   (it asks how to log in), or set GEMINI_API_KEY';

/** Gemini CLI in its ACP mode. It asks before whatever changes something, and takes only answers to what it asks. */
export function geminiDialect(
  launch: Pick<AgentLaunch<GeminiAgentDefinition>, 'agent' | 'model' | 'directory'>,
  io: Pick<AgentIo, 'outDirectory' | 'env'>,
): AcpDialect {
  const { agent, model, directory } = launch;
  const home = join(directory, 'gemini');
  const folders = [io.outDirectory, ...(io.env['TMPDIR'] === undefined ? [] : [io.env['TMPDIR']])];
  return {
    title: 'Gemini CLI',
    // The user's own arguments come first: Tina's hold.
    command: [
      ...agent.command,
      ...agent.args,
      '--acp',
      // The worktree is Tina's own; without it the user's answer would be waited for.
      '--skip-trust',
      '--approval-mode',
      'default',
      ...(model === null ? [] : ['--model', model]),
      ...folders.flatMap((folder) => ['--include-directories', folder]),
    ],
    environment(env) {
      makeGeminiHome(env['GEMINI_CLI_HOME'] ?? env['HOME'] ?? '/', home);
      return {
        // It would start itself again, as a process that survives.
        GEMINI_CLI_NO_RELAUNCH: 'true',
        NO_BROWSER: 'true',
        ...env,
        GEMINI_CLI_HOME: home,
      };
    },
    login: GEMINI_LOGIN,
    model: null,
    mode: null,
    usage: 'turn',
    // It shows the command as it is, and nothing of what else a call is asked.
    commandOf: (call) => (call['kind'] === 'execute' ? textOf(call['title']) : null),
    asText: (message) => (/^\s*[/$]/.test(message) ? `The message:\n${message}` : message),
    beforeLoad: (sessionId) => keepGeminiConversation(home, sessionId),
  };
}
