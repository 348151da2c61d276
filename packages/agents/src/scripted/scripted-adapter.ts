import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ScriptedAgentDefinition } from '@tina/contract';
import type { AgentAdapter } from '../adapter/agent-adapter.ts';
import { scriptedProgram } from './program-path.ts';
import { SCRIPTED_AGENT_VERSION } from './protocol.ts';
import { ScriptedSession } from './scripted-session.ts';

/** Follows a script instead of a model: docs/scripted-agent.md. */
export const scriptedAdapter: AgentAdapter<ScriptedAgentDefinition> = {
  kind: 'scripted',
  capabilities: {
    turnsInOneProcess: true,
    resume: false,
    progress: 'events',
    messages: 'next-turn',
    interrupt: false,
  },

  async check(definition, context) {
    // Loaded when it is asked for: the host drives scripted agents and never reads a script.
    const { checkScript } = await import('./script/check-script.ts');
    return await checkScript(resolve(context.projectDirectory, definition.script));
  },

  async probe() {
    const program = scriptedProgram();
    const isFound = existsSync(program);
    return await Promise.resolve({
      isFound,
      program,
      version: isFound ? SCRIPTED_AGENT_VERSION : null,
      problem: isFound ? null : `Tina's own scripted agent is missing: ${program}`,
      warning: null,
      next: isFound ? [] : ['npm run build'],
    });
  },

  startLine: ({ script }) => ['node', '<scripted agent>', script],

  forLaunch: (definition, context) => ({
    ...definition,
    script: resolve(context.projectDirectory, definition.script),
  }),

  begin: (launch, io) => new ScriptedSession(launch, io),
};
