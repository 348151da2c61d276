import type { OpencodeAgentDefinition } from '@tina/contract';
import { cliAdapter } from '../cli/cli-adapter.ts';
import { OpencodeSession } from './opencode-session.ts';
import { opencodeArguments } from './opencode-settings.ts';

/** OpenCode: docs/agents.md. */
export const opencodeAdapter = cliAdapter<OpencodeAgentDefinition>({
  kind: 'opencode',
  title: 'OpenCode',
  capabilities: {
    turnsInOneProcess: true,
    resume: true,
    progress: 'events',
    messages: 'in-turn',
    interrupt: true,
  },
  // A refusal with a reason, and rules of a session, are newer than most of its interface.
  versions: { oldest: '1.18.0', tried: '1.18.33' },
  install: 'npm install -g opencode-ai',
  startArguments: opencodeArguments,
  // It has models that need no login: the first turn knows.
  findLoginProblem: () => Promise.resolve(null),
  begin: (launch, io) => new OpencodeSession(launch, io),
});
