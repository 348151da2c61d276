import type { AgentDefinition, ErrorData } from '@tina/contract';
import { createMachine } from '@tina/daemon';
import type { HomePaths } from '../home/paths.ts';

/** What keeps an agent from working, as the daemon finds it before a run; empty when nothing does. */
export function checkAgent(
  request: { readonly name: string; readonly definition: AgentDefinition; readonly repository: string },
  { paths, env }: { readonly paths: HomePaths; readonly env: NodeJS.ProcessEnv },
): Promise<readonly ErrorData[]> {
  return createMachine({ paths, environment: env }).checkAgent(request);
}
