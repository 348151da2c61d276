import type { Launch } from '@tina/contract';
import { TOOL_SERVER_VARIABLE } from './escaped-processes.ts';

/** The environment that the server of Tina's tools is given besides the agent's. */
export function toolServerVariables({
  mcp,
  env,
}: Pick<Launch, 'mcp' | 'env'>): Readonly<Record<string, string>> {
  const { TINA_ATTEMPT = '', TINA_HOME_ID = '' } = env;
  return { ...mcp?.env, TINA_ATTEMPT, TINA_HOME_ID, [TOOL_SERVER_VARIABLE]: '1' };
}
