import { join } from 'node:path';
import type { AgentAccess, Launch, OpencodeAgentDefinition } from '@tina/contract';
import { type Fields, fieldsOf, listOf, textOf } from '../cli/json-fields.ts';
import { liesIn } from '../cli/lies-in.ts';
import { isLookingCommand } from '../cli/looking-command.ts';
import { toolServerVariables } from '../cli/tool-server-variables.ts';
import { withoutHandOver } from '../cli/without-hand-over.ts';

/** The arguments of the process, behind those of the definition's command. The user's own come first: Tina's hold. */
export function opencodeArguments({ args }: OpencodeAgentDefinition): readonly string[] {
  return [...args, 'serve', '--hostname', '127.0.0.1', '--port', '0'];
}

/** The environment of the process: its settings come by a variable, over those of the user's files and beside them. */
export function opencodeEnvironment(
  launch: Launch,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return {
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    // Its own: several that start at once break the one that all of a user's share.
    OPENCODE_DB: join(launch.directory, 'opencode.db'),
    ...env,
    OPENCODE_CONFIG_CONTENT: JSON.stringify(settings(launch, env['OPENCODE_CONFIG_CONTENT'])),
  };
}

/** @param own what the user has put into the same variable */
function settings(launch: Launch, own: string | undefined): Fields {
  const before = parse(own ?? '');
  return {
    ...before,
    autoupdate: false,
    share: 'disabled',
    // Its own copies of the worktree: Tina has git for that.
    snapshot: false,
    permission: rules(launch.access),
    ...(launch.mcp === null ? {} : { mcp: { ...fieldsOf(before['mcp']), tina: toolServer(launch) } }),
  };
}

function toolServer(launch: Launch): Fields {
  const command = launch.mcp?.command ?? [];
  return { type: 'local', command, environment: toolServerVariables(launch), enabled: true };
}

function parse(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}

/** What OpenCode asks before: edits, and of one that reads commands as well. Nobody is there for questions. */
function rules(access: AgentAccess): Fields {
  return {
    '*': 'allow',
    external_directory: 'allow',
    doom_loop: 'allow',
    question: 'deny',
    edit: 'ask',
    ...(access === 'read' ? { bash: 'ask' } : {}),
  };
}

/** The same for a session, whose rules hold over those of an agent of the user's. */
export function sessionRules(access: AgentAccess): readonly object[] {
  return Object.entries(rules(access)).map(([permission, action]) => ({ permission, pattern: '*', action }));
}

/** The answer to a question of OpenCode's: null when it may, otherwise why not, as the agent reads it. */
export function judgeRequest(
  request: Fields,
  { access, worktree, folders }: { access: AgentAccess; worktree: string; folders: readonly string[] },
): string | null {
  const { permission } = request;
  if (permission === 'edit') {
    const places = access === 'write' ? [worktree, ...folders] : folders;
    // Relative to the worktree.
    const paths = listOf(request['patterns']).map((path) => textOf(path) ?? '');
    const isInside = paths.length > 0 && paths.every((path) => liesIn(path, places, worktree));
    return isInside ? null : `Files may be written only below ${places.join(' and ')}.`;
  }
  if (permission !== 'bash' || access === 'write') return null;
  const command = textOf(fieldsOf(request['metadata'])['command']);
  if (command !== null && isLookingCommand(withoutHandOver(command, { worktree, folders }))) return null;
  return (
    'Your task is to look, not to change anything: commands that only read are allowed, and tina. ' +
    `Write files with the write tool, below ${folders.join(' or ')}.`
  );
}

/** OpenCode's models are named with their provider: `anthropic/claude-opus-5-5`. Null: its own choice. */
export function readModel(
  model: string | null,
): { readonly providerID: string; readonly modelID: string } | 'incomplete' | null {
  if (model === null) return null;
  const [providerID = '', ...rest] = model.split('/');
  const modelID = rest.join('/');
  return providerID === '' || modelID === '' ? 'incomplete' : { providerID, modelID };
}
