import { TinaError, type AgentView } from '@tina/contract';
import { agentSearch } from '../agents/load-agents.ts';
import { lookAtAgents } from '../agents/look-at-agents.ts';
import type { CliContext } from '../program/context.ts';
import { ADD_AGENT } from '../project/add-agent.ts';

/** The daemon's refusal for want of an agent, with the agent programs that are here and how to choose one. */
export async function explainNoAgent(error: TinaError, context: CliContext): Promise<TinaError> {
  const agents = (await lookAtAgents(agentSearch(context))).map(({ view }) => view);
  const found = agents.filter((agent) => agent.isFound);
  const usable = found.find((agent) => agent.problem === null) ?? found[0];
  const builtIn = agents.filter(({ origin }) => origin === 'built-in').map(({ name }) => name);
  const details =
    found.length === 0
      ? [`No agent program that Tina knows (${builtIn.join(', ')}) is on PATH.`]
      : ['Found:', ...found.map(foundLine)];
  // Where some roles have an agent, the others may get one as well.
  const isOfRoles = error.place?.field?.startsWith('roles.') ?? false;
  const next = [
    ...(isOfRoles ? error.next.slice(0, 1) : []),
    ...(usable === undefined
      ? ['install an agent program, then  tina init', ...ADD_AGENT]
      : [
          `tina orchestrate <design.md> --agent ${usable.name}`,
          `tina init --write            chooses ${usable.name} for the project; then commit .tina/config.yaml`,
        ]),
    'tina agents                  what is known of each, and what to do',
  ];
  const { place, ...data } = error.toData();
  return new TinaError({
    ...data,
    ...(place === null ? {} : { place }),
    details: [...data.details, ...details],
    next,
  });
}

function foundLine({ name, path, version, problem }: AgentView): string {
  return `  ${[name, path, version, problem].filter((part) => part !== null).join('  ')}`;
}
