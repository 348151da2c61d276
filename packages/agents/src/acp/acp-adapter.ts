import { resolve } from 'node:path';
import type { AcpAgentDefinition } from '@tina/contract';
import type {
  AgentAdapter,
  AgentContext,
  AgentLaunch,
  AgentProbe,
  AgentProblem,
} from '../adapter/agent-adapter.ts';
import { fieldsOf, textOf } from '../cli/json-fields.ts';
import { findProgram } from '../process/find-program.ts';
import { askAcpAgent } from './ask-acp-agent.ts';
import type { AcpDialect } from './acp-dialect.ts';
import { AcpSession } from './acp-session.ts';

/** Any agent that speaks the Agent Client Protocol: docs/agents.md, and docs/decisions/012-acp-by-hand.md. */
export const acpAdapter: AgentAdapter<AcpAgentDefinition> = {
  kind: 'acp',
  capabilities: {
    turnsInOneProcess: true,
    // Those that cannot are told their task again.
    resume: true,
    progress: 'events',
    messages: 'next-turn',
    interrupt: true,
  },

  async check(definition, context) {
    return await Promise.resolve(locate(definition, context) === null ? [notFound(definition, context)] : []);
  },

  async probe(definition, context): Promise<AgentProbe> {
    const program = locate(definition, context);
    if (program === null) {
      const { message, next } = notFound(definition, context);
      return { isFound: false, program: null, version: null, problem: message, warning: null, next };
    }
    const args = definition.command.slice(1);
    const answer = await askAcpAgent(program, args, context);
    const found = { isFound: true, program, version: answer.version };
    if (answer.problem === null) return { ...found, problem: null, warning: null, next: [] };
    const next = ['set the agent’s command to one that speaks the Agent Client Protocol on stdin and stdout'];
    return { ...found, problem: answer.problem, warning: null, next };
  },

  startLine: ({ command }) => command,

  forLaunch(definition, { projectDirectory }) {
    const [name = '', ...others] = definition.command;
    const program = name.includes('/') ? resolve(projectDirectory, name) : name;
    return { ...definition, command: [program, ...others] };
  },

  begin: (launch, io) => new AcpSession(launch, io, acpDialect(launch)),
};

function locate({ command }: AcpAgentDefinition, { projectDirectory, env }: AgentContext): string | null {
  return findProgram({ name: command[0] ?? '', directory: projectDirectory, path: env['PATH'] });
}

function notFound({ command }: AcpAgentDefinition, { projectDirectory }: AgentContext): AgentProblem {
  const [name = ''] = command;
  const where = name.includes('/') ? `as ${resolve(projectDirectory, name)}` : 'in PATH';
  const message = `The agent's program "${name}" was not found ${where}, or may not be executed.`;
  return { message, file: null, line: null, column: null, next: ['install it, or set the agent’s command'] };
}

function acpDialect(launch: AgentLaunch<AcpAgentDefinition>): AcpDialect {
  const { agent, access, model, agentName } = launch;
  return {
    title: `The agent "${agentName}"`,
    command: agent.command,
    environment: (env) => env,
    login: null,
    model,
    mode: (access === 'read' ? agent.readMode : agent.writeMode) ?? null,
    usage: agent.usage ?? null,
    commandOf: (call) => textOf(fieldsOf(call['rawInput'])['command']),
    // Commands are known by their first character; after a line end it is not the first one.
    asText: (message) => (message.startsWith('/') ? `\n${message}` : message),
    beforeLoad: () => {},
  };
}
