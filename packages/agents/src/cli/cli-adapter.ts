import { resolve } from 'node:path';
import type { CliAgentDefinition } from '@tina/contract';
import type {
  AgentAdapter,
  AgentCapabilities,
  AgentContext,
  AgentIo,
  AgentLaunch,
  AgentProbe,
  AgentProblem,
  AgentSession,
} from '../adapter/agent-adapter.ts';
import { askVersion } from '../process/ask-version.ts';
import { findProgram } from '../process/find-program.ts';
import { judgeVersion, type VersionRange } from './version-range.ts';

/** What is special to one of the agent CLIs. */
export interface CliAgent<Definition extends CliAgentDefinition> {
  readonly kind: Definition['kind'];
  /** As its makers call it. */
  readonly title: string;
  readonly capabilities: AgentCapabilities;
  readonly versions: VersionRange;
  /** What to type where it is missing. */
  readonly install: string;
  /** Its arguments behind the definition's command, as in `AgentAdapter.startLine`. */
  startArguments(definition: Definition): readonly string[];
  /** Looks whether somebody is logged in. Asks the program, which asks nobody. Null: so it is, or nobody can tell. */
  findLoginProblem(found: FoundCli, context: AgentContext): Promise<LoginProblem | null>;
  begin(launch: AgentLaunch<Definition>, io: AgentIo): AgentSession;
}

export interface FoundCli {
  /** Absolute. */
  readonly program: string;
  /** Stands before the program's own arguments. */
  readonly before: readonly string[];
  readonly version: string | null;
}

export interface LoginProblem {
  readonly message: string;
  /** The command that a person has to type. */
  readonly next: readonly string[];
  /** It may work all the same: a provider of the user's own needs no login. */
  readonly isCertain: boolean;
}

/** An adapter for an agent CLI: looking for it is the same for all of them, driving it is not. */
export function cliAdapter<Definition extends CliAgentDefinition>(
  agent: CliAgent<Definition>,
): AgentAdapter<Definition> {
  return {
    kind: agent.kind,
    capabilities: agent.capabilities,
    versions: agent.versions,
    startLine: (definition) => [...definition.command, ...agent.startArguments(definition)],

    async check(definition, context) {
      const isThere = locate(definition, context) !== null;
      return await Promise.resolve(isThere ? [] : [notFound(agent, definition, context)]);
    },

    probe: (definition, context) => probe(agent, definition, context),

    forLaunch(definition, context) {
      const [name = '', ...before] = definition.command;
      const program = name.includes('/') ? resolve(context.projectDirectory, name) : name;
      return { ...definition, command: [program, ...before] };
    },

    begin: (launch, io) => agent.begin(launch, io),
  };
}

function locate({ command }: CliAgentDefinition, { projectDirectory, env }: AgentContext): string | null {
  return findProgram({ name: command[0] ?? '', directory: projectDirectory, path: env['PATH'] });
}

function notFound<Definition extends CliAgentDefinition>(
  { title, install }: CliAgent<Definition>,
  { command }: Definition,
  { projectDirectory }: AgentContext,
): AgentProblem {
  const [name = ''] = command;
  const where = name.includes('/') ? `as ${resolve(projectDirectory, name)}` : 'in PATH';
  const message = `${title}'s program "${name}" was not found ${where}, or may not be executed.`;
  const next = [install, 'or set the agent’s command in the configuration'];
  return { message, file: null, line: null, column: null, next };
}

async function probe<Definition extends CliAgentDefinition>(
  agent: CliAgent<Definition>,
  definition: Definition,
  context: AgentContext,
): Promise<AgentProbe> {
  const program = locate(definition, context);
  if (program === null) {
    const { message, next } = notFound(agent, definition, context);
    return { isFound: false, program: null, version: null, problem: message, warning: null, next };
  }
  const before = definition.command.slice(1);
  const version = await askVersion(program, [...before, '--version'], context);
  const found = { isFound: true, program, version };
  const odd = judge(agent, version);
  if (odd?.isFatal === true) return { ...found, problem: odd.message, warning: null, next: odd.next };
  const login = await agent.findLoginProblem({ program, before, version }, context);
  if (login?.isCertain === true) return { ...found, problem: login.message, warning: null, next: login.next };
  const warnings = [odd?.message, login?.message].filter((message) => message !== undefined);
  const next = [...(odd?.next ?? []), ...(login?.next ?? [])];
  return { ...found, problem: null, warning: warnings.join(' ') || null, next };
}

interface OddVersion {
  readonly isFatal: boolean;
  readonly message: string;
  readonly next: readonly string[];
}

function judge<Definition extends CliAgentDefinition>(
  { title, versions, install }: CliAgent<Definition>,
  version: string | null,
): OddVersion | null {
  const { kind } = judgeVersion(version, versions);
  switch (kind) {
    case 'fits':
      return null;
    case 'too-old': {
      const message = `${title} ${version ?? ''} is too old: Tina needs ${versions.oldest} or newer.`;
      return { isFatal: true, message, next: [install] };
    }
    case 'untried': {
      const message = `${title} ${version ?? ''} is newer than what Tina was tried with (${versions.tried}).`;
      return { isFatal: false, message, next: [] };
    }
    case 'unknown': {
      const message = `${title} does not tell its version; Tina needs ${versions.oldest} or newer.`;
      return { isFatal: false, message, next: [] };
    }
    default:
      return kind satisfies never;
  }
}
