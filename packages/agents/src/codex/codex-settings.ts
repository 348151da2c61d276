import type { CodexAgentDefinition } from '@tina/contract';
import type { AgentIo, AgentLaunch } from '../adapter/agent-adapter.ts';
import { toolServerVariables } from '../cli/tool-server-variables.ts';

/** The name of the permissions that a thread is opened with. */
export const PROFILE = 'tina';

/** Keeps it from doing anything but its work, and from trying for ever (G15). */
const QUIET: readonly string[] = [
  'features.plugins=false',
  'features.remote_plugin=false',
  'features.apps=false',
  'features.daemon_auto_start=false',
  'features.unbounded_connection_retries=false',
  'check_for_update_on_startup=false',
  'analytics.enabled=false',
];

/** What logs in to the service is not for the commands that the agent runs (G30). */
const KEYS = ['CODEX_ACCESS_TOKEN', 'CODEX_API_KEY', 'OPENAI_API_KEY'];

/** The arguments of the process, behind those of the definition's command. */
export function codexArguments({ args }: CodexAgentDefinition): readonly string[] {
  return ['app-server', ...args, ...QUIET.flatMap((setting) => ['-c', setting])];
}

/** What opens a thread. In the request and not in arguments, because everybody on the machine can read a command line. */
export function threadSettings(
  launch: AgentLaunch<CodexAgentDefinition>,
  io: AgentIo,
): Readonly<Record<string, unknown>> {
  const { access, worktree, model } = launch;
  const places = access === 'write' ? [worktree, ...io.writable] : io.writable;
  const writable = Object.fromEntries(places.map((path) => [path, 'write']));
  return {
    cwd: worktree,
    ...(model === null ? {} : { model }),
    // Nobody is there to approve anything: what is not allowed fails.
    approvalPolicy: 'never',
    config: {
      default_permissions: PROFILE,
      permissions: {
        [PROFILE]: {
          filesystem: { ':root': 'read', ...writable },
          // Without it not even the socket of `tina report` can be reached.
          network: { enabled: true },
        },
      },
      // The profile of a login shell would set another PATH, without `tina`.
      allow_login_shell: false,
      shell_environment_policy: { inherit: 'all', ignore_default_excludes: true, exclude: KEYS },
      ...toolServer(launch),
    },
  };
}

function toolServer(launch: AgentLaunch): Readonly<Record<string, unknown>> {
  if (launch.mcp === null) return {};
  const [command, ...args] = launch.mcp.command;
  const env = toolServerVariables(launch);
  return { mcp_servers: { tina: { command, args, env, default_tools_approval_mode: 'approve' } } };
}
