import { adapterFor, sandboxProblem, type AgentProbe, type AgentProblem } from '@tina/agents';
import type { AgentDefinition, ErrorData } from '@tina/contract';

export interface AgentRequest {
  readonly name: string;
  readonly definition: AgentDefinition;
  readonly repository: string;
}

export interface ExaminedAgent {
  /** What keeps the agent from working in the repository; empty when it can. */
  readonly problems: readonly ErrorData[];
  /** What was found of its program. */
  readonly probe: AgentProbe;
}

/** Looks for an agent's program and for what keeps it from working. Starts at most what asks for its version and login. */
export async function examineAgent(
  { name, definition, repository }: AgentRequest,
  environment: NodeJS.ProcessEnv,
): Promise<ExaminedAgent> {
  const adapter = await adapterFor(definition.kind);
  const context = { projectDirectory: repository, env: environment };
  const [found, probe, sandbox] = await Promise.all([
    adapter.check(definition, context),
    adapter.probe(definition, context),
    definition.sandbox?.enabled === true
      ? sandboxProblem(definition.sandbox.network !== false, context)
      : null,
  ]);
  const problems = [...found, ...(sandbox === null ? [] : [sandbox])];
  if (problems.length > 0) return { problems: problems.map((problem) => toErrorData(name, problem)), probe };
  if (probe.isFound && probe.problem === null) return { problems: [], probe };
  const message = probe.problem ?? 'its program was not found';
  const { next } = probe;
  return { problems: [toErrorData(name, { message, file: null, line: null, column: null, next })], probe };
}

/** What keeps the agent from working, for a run that is about to start. */
export async function checkAgent(
  request: AgentRequest,
  environment: NodeJS.ProcessEnv,
): Promise<readonly ErrorData[]> {
  return (await examineAgent(request, environment)).problems;
}

function toErrorData(name: string, problem: AgentProblem): ErrorData {
  const { message, file, line, column, next } = problem;
  return {
    code: 'agent_unusable',
    message: `The agent ${name} cannot work: ${message}`,
    place: file === null ? null : { file, line, column, field: null },
    details: [],
    next: [...next, 'tina doctor'],
  };
}
