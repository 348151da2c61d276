import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  agentInSandbox,
  type AgentDefinition,
  type AgentTests,
  type AgentView,
  BUILT_IN_AGENTS,
  type EffectiveConfig,
  type ErrorData,
} from '@tina/contract';
import type { HomePaths } from '../home/paths.ts';
import { lastTest, readTests } from './test-record.ts';

export interface AgentSearch {
  readonly config: Pick<EffectiveConfig, 'agents' | 'sandbox'>;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly repository: string | null;
  readonly paths: HomePaths;
}

export interface KnownAgent {
  readonly view: AgentView;
  readonly definition: AgentDefinition;
  /** What keeps it from working, each with its place. */
  readonly problems: readonly ErrorData[];
}

/** Every agent that is configured, and every one that needs no definition. What hangs is waited for once. */
export function lookAtAgents(search: AgentSearch): Promise<KnownAgent[]> {
  const { definitions } = search.config.agents;
  const builtIn = Object.entries(BUILT_IN_AGENTS).filter(([name]) => !Object.hasOwn(definitions, name));
  const tests = readTests(search.paths);
  return Promise.all(
    [...Object.entries(definitions), ...builtIn].map(([name, definition]) =>
      lookAt({ name, definition }, search, tests),
    ),
  );
}

export async function lookAt(
  { name, definition: own }: { readonly name: string; readonly definition: AgentDefinition },
  search: AgentSearch,
  tests: AgentTests,
): Promise<KnownAgent> {
  // Only who asks for agents pays for their adapters.
  const { lookAtAgent } = await import('../service/look-at-agent.ts');
  const definition = agentInSandbox(own, search.config.sandbox);
  const repository = search.repository ?? search.cwd;
  const looked = await lookAtAgent({ name, definition, repository }, search.env);
  const { problems, probe, versions, range, startLine } = looked;
  const [problem] = problems;
  const locked = probe.isFound ? null : lockedProgram(definition, repository);
  const { version } = probe;
  const test = lastTest(tests, { name, definition, version });
  const view: AgentView = {
    name,
    kind: definition.kind,
    origin: Object.hasOwn(search.config.agents.definitions, name) ? 'configured' : 'built-in',
    isDefault: search.config.agents.default === name,
    isFound: probe.isFound,
    path: probe.program,
    version,
    versions,
    range,
    problem: locked === null ? (problem?.message ?? null) : `${locked} is there, and cannot be executed`,
    warning: problem === undefined ? probe.warning : null,
    startLine,
    isSandboxed: definition.sandbox?.enabled === true,
    test,
    next: nextSteps(name, locked, problem, probe.next, test),
  };
  return { view, definition, problems };
}

/** The program of a definition that is a file, and may not be executed; else null. */
function lockedProgram(definition: AgentDefinition, repository: string): string | null {
  const [program = ''] = 'command' in definition ? definition.command : [];
  const path = resolve(repository, program);
  return program.includes('/') && existsSync(path) ? path : null;
}

function nextSteps(
  name: string,
  locked: string | null,
  problem: ErrorData | undefined,
  ofProbe: readonly string[],
  test: AgentView['test'],
): readonly string[] {
  if (locked !== null) return [`chmod +x ${locked}`, `ls -l ${locked}`];
  if (problem !== undefined) return problem.next.filter((next) => next !== 'tina doctor');
  if (test === null || !test.isCurrent) return [...ofProbe, `tina agents test ${name}`];
  return [...ofProbe, ...test.next];
}
