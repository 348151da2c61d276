import type { Launch } from '@tina/contract';
import { type Fields, textOf } from '../cli/json-fields.ts';
import { toolServerVariables } from '../cli/tool-server-variables.ts';
import { type AcpAgent, readAgent } from './acp-agent.ts';
import { chooseMode, chooseModel, type ChoiceOutcome } from './acp-choices.ts';
import type { AcpConnection, AcpError } from './acp-connection.ts';
import type { AcpDialect } from './acp-dialect.ts';

/** What a process says first. Tina reads and writes no files for the agent and has no terminals for it. */
export const HELLO = {
  protocolVersion: 1,
  clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  clientInfo: { name: 'tina', title: 'Tina', version: '0.1.0' },
};

export type AcpOpening =
  | { readonly kind: 'open'; readonly agent: AcpAgent; readonly sessionId: string; readonly isNew: boolean }
  | {
      readonly kind: 'refused';
      readonly agent: AcpAgent | null;
      readonly reason: string;
      /** Null: it is Tina that cannot go on. */
      readonly error: AcpError | null;
    };

/** Opens a session: an earlier one where that can be had, else a new one, with model and mode as they are wanted. */
export async function openAcpSession(
  connection: AcpConnection,
  wanted: { readonly launch: Launch; readonly dialect: AcpDialect; readonly sessionId: string | null },
): Promise<AcpOpening> {
  const { launch, dialect } = wanted;
  const { title } = dialect;
  const hello = await connection.request('initialize', HELLO);
  if (hello.kind === 'error')
    return { kind: 'refused', agent: null, reason: `${title} refused to begin`, error: hello.error };
  if (hello.result['protocolVersion'] !== HELLO.protocolVersion) {
    const reason = `${title} speaks another version of the Agent Client Protocol than ${HELLO.protocolVersion}.`;
    return { kind: 'refused', agent: null, reason, error: null };
  }
  const agent = readAgent(hello.result, dialect.usage);
  const place = { cwd: launch.worktree, mcpServers: toolServers(launch) };
  const sessionId = agent.canLoad ? wanted.sessionId : null;
  const loaded =
    sessionId === null ? null : await connection.request('session/load', { sessionId, ...place });
  const isNew = loaded?.kind !== 'result';
  const opened = isNew ? await connection.request('session/new', place) : loaded;
  if (opened.kind === 'error')
    return { kind: 'refused', agent, reason: `${title} opened no session`, error: opened.error };
  const id = isNew ? textOf(opened.result['sessionId']) : sessionId;
  if (id === null) return { kind: 'refused', agent, reason: `${title} gave its session no id.`, error: null };
  const refused = await choose(connection, { dialect, session: opened.result, id });
  return refused === null
    ? { kind: 'open', agent, sessionId: id, isNew }
    : { kind: 'refused', agent, ...refused };
}

/** Null when it is as wanted. */
async function choose(
  connection: AcpConnection,
  { dialect, session, id }: { readonly dialect: AcpDialect; readonly session: Fields; readonly id: string },
): Promise<{ readonly reason: string; readonly error: AcpError | null } | null> {
  const { title, model, mode } = dialect;
  const choices: readonly (readonly [string, ChoiceOutcome])[] = [
    ...(mode === null ? [] : [[`mode "${mode}"`, chooseMode(session, mode)] as const]),
    ...(model === null ? [] : [[`model "${model}"`, chooseModel(session, model)] as const]),
  ];
  for (const [name, outcome] of choices) {
    if (outcome.kind === 'unknown') {
      const offered = outcome.offered.length === 0 ? 'no choice' : outcome.offered.slice(0, 40).join(', ');
      return { reason: `${title} does not offer the ${name}. It offers: ${offered}.`, error: null };
    }
    if (outcome.choice === null) continue;
    const { method, params } = outcome.choice;
    const answer = await connection.request(method, { sessionId: id, ...params });
    if (answer.kind === 'error') return { reason: `${title} refused the ${name}`, error: answer.error };
  }
  return null;
}

/** In the request and not in arguments, because everybody on the machine can read a command line. */
function toolServers(launch: Launch): readonly object[] {
  if (launch.mcp === null) return [];
  const [command = '', ...args] = launch.mcp.command;
  const env = Object.entries(toolServerVariables(launch)).map(([name, value]) => ({ name, value }));
  return [{ name: 'tina', command, args, env }];
}
