import { delimiter } from 'node:path';
import type { AgentDefinition } from '@tina/contract';
import type { Role } from '@tina/domain';
import type { NodeOptions } from '../node-options.ts';
import type { AttemptFiles } from './attempt-files.ts';

/** What a program needs to find itself at home. Everything else an agent gets by name, from its definition (G30). */
const STANDARD = /^(?:HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ)$/;

/** The repository's worktrees share one object store: nobody repacks it while others write to it. */
const GIT_SETTINGS: readonly (readonly [key: string, value: string])[] = [
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
];

type Tools = Pick<NodeOptions, 'environment' | 'homeId' | 'programs' | 'paths'>;

/** The whole environment of the agent's processes. */
export function agentEnvironment(
  attempt: {
    readonly runId: string;
    readonly attemptId: string;
    readonly role: Role;
    readonly token: string;
    readonly definition: AgentDefinition;
    readonly files: AttemptFiles;
    /** Whether the attempt's hooks hold its commits to a scope. */
    readonly hasScope: boolean;
  },
  tools: Tools,
): Record<string, string> {
  const hooks = attempt.hasScope ? [['core.hooksPath', attempt.files.hooks] as const] : [];
  const asked = 'env' in attempt.definition ? attempt.definition.env : [];
  return {
    ...standardEnvironment(tools.environment),
    ...pick(tools.environment, (name) => asked.includes(name)),
    ...gitSettings([...GIT_SETTINGS, ...hooks]),
    PATH: [tools.programs.tinaBin, tools.environment['PATH'] ?? '/usr/bin:/bin'].join(delimiter),
    ...marker(attempt, tools),
    TINA_ROLE: attempt.role,
    TINA_TOKEN: attempt.token,
    TINA_SOCKET: tools.paths.socketPath,
    TINA_OUT: attempt.files.out,
    TINA_NODE: tools.programs.node,
  };
}

/** The environment of the agent host itself; it hands its agent another one. */
export function hostEnvironment(
  attempt: { readonly runId: string; readonly attemptId: string },
  tools: Tools,
): Record<string, string> {
  return {
    ...standardEnvironment(tools.environment),
    PATH: tools.environment['PATH'] ?? '/usr/bin:/bin',
    ...marker(attempt, tools),
  };
}

/** What the processes of an attempt are found by (G14). */
function marker(
  { runId, attemptId }: { readonly runId: string; readonly attemptId: string },
  { homeId }: Tools,
): Record<string, string> {
  return { TINA_ATTEMPT: attemptId, TINA_HOME_ID: homeId, TINA_RUN: runId };
}

function standardEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  return { ...pick(environment, (name) => STANDARD.test(name)), TERM: 'xterm-256color' };
}

function pick(environment: NodeJS.ProcessEnv, isWanted: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && isWanted(entry[0]),
    ),
  );
}

function gitSettings(settings: readonly (readonly [key: string, value: string])[]): Record<string, string> {
  const result: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  for (const [index, [key, value]] of settings.entries()) {
    result[`GIT_CONFIG_KEY_${index}`] = key;
    result[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return result;
}
