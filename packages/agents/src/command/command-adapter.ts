import { resolve } from 'node:path';
import type { CommandAgentDefinition } from '@tina/contract';
import type { AgentAdapter, AgentContext, AgentProbe, AgentProblem } from '../adapter/agent-adapter.ts';
import { askVersion } from '../process/ask-version.ts';
import { findProgram } from '../process/find-program.ts';
import { CommandSession } from './command-session.ts';
import { hasPlaceholder } from './placeholders.ts';

/** Any program that takes a prompt and does its work: the `command` agent of docs/command-agent.md. */
export const commandAdapter: AgentAdapter<CommandAgentDefinition> = {
  kind: 'command',
  capabilities: {
    turnsInOneProcess: false,
    resume: false,
    progress: 'processes',
    messages: 'next-turn',
    interrupt: false,
  },

  async check(definition, context) {
    const problems = checkPlaceholders(definition);
    const name = definition.command[0] ?? '';
    if (locate(name, context) === null) problems.push(notFound(name, context));
    return await Promise.resolve(problems);
  },

  async probe(definition, context) {
    const name = definition.command[0] ?? '';
    const program = locate(name, context);
    if (program === null) {
      const { message, next } = notFound(name, context);
      return { isFound: false, program: null, version: null, problem: message, warning: null, next };
    }
    const [versionName = program, ...versionArgs] = definition.versionCommand ?? [program, '--version'];
    const versionProgram = locate(versionName, context);
    const version = versionProgram && (await askVersion(versionProgram, versionArgs, context));
    return { isFound: true, program, version, problem: null, warning: null, next: [] } satisfies AgentProbe;
  },

  startLine: ({ command }) => command,

  forLaunch(definition, context) {
    const absolute = (command: readonly string[]): string[] => {
      const [name = '', ...args] = command;
      return [name.includes('/') ? resolve(context.projectDirectory, name) : name, ...args];
    };
    const { versionCommand } = definition;
    return {
      ...definition,
      command: absolute(definition.command),
      ...(versionCommand && { versionCommand: absolute(versionCommand) }),
    };
  },

  begin: (launch, io) => new CommandSession(launch, io),
};

function locate(name: string, context: AgentContext): string | null {
  return findProgram({ name, directory: context.projectDirectory, path: context.env['PATH'] });
}

function notFound(name: string, { projectDirectory }: AgentContext): AgentProblem {
  const where = name.includes('/') ? `as ${resolve(projectDirectory, name)}` : 'in PATH';
  return problem(`The agent's program "${name}" was not found ${where}, or may not be executed.`, [
    `install ${name}, or correct the agent's command in the configuration`,
  ]);
}

/** A prompt that no argument carries would be lost in silence. */
function checkPlaceholders({ command, prompt }: CommandAgentDefinition): AgentProblem[] {
  const needed = { stdin: null, argument: 'prompt', file: 'promptFile' } as const;
  const name = needed[prompt];
  if (name === null || hasPlaceholder(command.slice(1), name)) return [];
  return [
    problem(`The agent takes its prompt as ${prompt}, but no argument of its command holds {${name}}.`, [
      `add "{${name}}" to the command, or set prompt to stdin`,
    ]),
  ];
}

function problem(message: string, next: readonly string[]): AgentProblem {
  return { message, file: null, line: null, column: null, next };
}
