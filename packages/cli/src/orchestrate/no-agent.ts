import { TinaError } from '@tina/contract';
import { ADD_AGENT } from '../project/add-agent.ts';
import { findAgents } from '../project/find-agents.ts';

/** The daemon's refusal for want of an agent, with the agent programs that are here and how to choose one. */
export function explainNoAgent(error: TinaError, path: string | undefined): TinaError {
  const found = findAgents(path);
  const details =
    found.length === 0
      ? ['No agent program that Tina knows (claude, codex, gemini, opencode) is on PATH.']
      : ['Found on PATH:', ...found.map((agent) => `  ${agent.name}  ${agent.path}`)];
  const first = found[0]?.name;
  const next = [
    ...(first === undefined
      ? ['install an agent program, then  tina init', ...ADD_AGENT]
      : [`tina init --write            configures ${first}; then commit .tina/config.yaml`]),
    'tina config                  what is configured, and where',
  ];
  const { place, ...data } = error.toData();
  return new TinaError({
    ...data,
    ...(place === null ? {} : { place }),
    details: [...data.details, ...details],
    next,
  });
}
