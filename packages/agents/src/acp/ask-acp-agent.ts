import type { AgentContext } from '../adapter/agent-adapter.ts';
import { describeEnd } from '../process/describe-end.ts';
import { readAgent } from './acp-agent.ts';
import { AcpConnection } from './acp-connection.ts';
import { HELLO } from './acp-opening.ts';

/** Slow starters take seconds on a busy machine. */
const TIMEOUT_MS = 15_000;

export interface AskedAcpAgent {
  readonly version: string | null;
  /** Why it cannot be used; null: it speaks the protocol. */
  readonly problem: string | null;
}

/** Starts a program, asks who it is, and ends it: that costs nothing, and shows that it speaks the protocol. */
export async function askAcpAgent(
  program: string,
  args: readonly string[],
  { projectDirectory, env }: AgentContext,
): Promise<AskedAcpAgent> {
  const ended = Promise.withResolvers<AskedAcpAgent>();
  const connection = new AcpConnection({
    program,
    args,
    directory: projectDirectory,
    env: definedOnly(env),
    sandbox: null,
    secrets: [],
    redact: (value) => value,
    onNotification: () => {},
    onRequest: () => ({ error: { code: -32_601, message: 'Nothing was begun.' } }),
    onOutput: () => {},
    onEnd: (end, stderr) => {
      const problem = describeEnd(end, 'an answer to the Agent Client Protocol’s "initialize"', stderr);
      ended.resolve({ version: null, problem });
    },
  });
  const timer = setTimeout(() => {
    ended.resolve({ version: null, problem: `${program} does not answer in the Agent Client Protocol.` });
  }, TIMEOUT_MS);
  const asked = await Promise.race([ask(connection), ended.promise]);
  clearTimeout(timer);
  await connection.end({ graceMs: 0 });
  return asked;
}

async function ask(connection: AcpConnection): Promise<AskedAcpAgent> {
  const answer = await connection.request('initialize', HELLO);
  if (answer.kind === 'error') return { version: null, problem: answer.error.message };
  const { name, version } = readAgent(answer.result, null);
  const told = [name, version ?? ''].filter((part) => part !== '').join(' ');
  return { version: told === '' ? null : told, problem: null };
}

function definedOnly(env: AgentContext['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
