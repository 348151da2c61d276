import { adapterFor, type AgentProblem } from '@tina/agents';
import type { AgentDefinition, ErrorData } from '@tina/contract';

/** What keeps the agent from working in this repository; empty when it can. Starts at most the agent's version command. */
export async function checkAgent(
  request: { readonly name: string; readonly definition: AgentDefinition; readonly repository: string },
  environment: NodeJS.ProcessEnv,
): Promise<readonly ErrorData[]> {
  const { name, definition, repository } = request;
  const adapter = adapterFor(definition.kind);
  const context = { projectDirectory: repository, env: environment };
  const problems = await adapter.check(definition, context);
  if (problems.length > 0) return problems.map((problem) => toErrorData(name, problem));
  const probe = await adapter.probe(definition, context);
  if (probe.isFound && probe.problem === null) return [];
  const message = probe.problem ?? 'its program was not found';
  const { next } = probe;
  return [toErrorData(name, { message, file: null, line: null, column: null, next })];
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
