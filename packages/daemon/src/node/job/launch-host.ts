import { join } from 'node:path';
import { adapterFor } from '@tina/agents';
import type { AgentDefinition, AgentMaterials, Launch } from '@tina/contract';
import { isWritingRole, type StartAgentJob } from '@tina/domain';
import { SessionExistsError } from '../../session/index.ts';
import { agentEnvironment, hostEnvironment } from '../attempt/agent-environment.ts';
import type { AttemptFiles } from '../attempt/attempt-files.ts';
import { JobProblemError } from './job-problem.ts';
import type { JobWork } from './job-work.ts';

export interface HostLaunch {
  readonly job: StartAgentJob;
  readonly files: AttemptFiles;
  readonly session: string;
  readonly worktree: string;
}

/** Starts the agent host in a session of its own, with all that it needs to know in `launch.json`. */
export async function launchHost(host: HostLaunch, work: JobWork): Promise<void> {
  const { job, files, session, worktree } = host;
  const { tools, signal } = work;
  const launch = await describeLaunch(host, work);
  signal.throwIfAborted();
  tools.platform.files.writeLaunch(files, launch);
  try {
    await tools.sessions.start({
      name: session,
      command: [...tools.programs.agentHost, files.launch],
      // What the host says before it has a transcript, or instead of one.
      stderrPath: files.hostLog,
      cwd: worktree,
      env: hostEnvironment(job, tools),
      ...(tools.hasTmux ? {} : { logPath: join(files.directory, 'session.log') }),
    });
  } catch (error) {
    // A try that was interrupted has started it meanwhile; whichever host is first is the one.
    if (!(error instanceof SessionExistsError)) throw error;
  }
}

async function describeLaunch(host: HostLaunch, work: JobWork): Promise<Launch> {
  const { job, files, session, worktree } = host;
  const { settings, tools } = work;
  const { definition, agent } = agentOf(job, work);
  const { runId, attemptId, epoch, role, branch, model } = job;
  const { idleWarningMs, idleStopMs, turnMs } = settings.limits;
  const hasScope = job.scope !== null;
  const adapter = await adapterFor(definition.kind);
  const env = agentEnvironment(
    { runId, attemptId, role, token: agent.token, definition, files, hasScope },
    tools,
  );
  return {
    runId,
    attemptId,
    epoch,
    homeId: tools.homeId,
    socketPath: tools.paths.socketPath,
    token: agent.token,
    role,
    subject: agent.subject,
    agentName: job.agent,
    agent: adapter.forLaunch(definition, { projectDirectory: work.repository, env }),
    agentVersion: tools.versions.get(JSON.stringify(definition)),
    model,
    prompt: agent.prompt,
    worktree,
    branch,
    session: tools.hasTmux ? session : null,
    directory: files.directory,
    env: {
      ...env,
      ...(await tools.platform.git.commitIdentity(env, { ...work.git, cache: tools.identities })),
    },
    access: isWritingRole(role) ? 'write' : 'read',
    mcp: mcpServer(env, work),
    limits: { idleWarningMs, idleStopMs, turnMs },
    daemonStart: tools.programs.daemonStart ?? null,
  };
}

/** Who calls, whom it asks, and what its process is found by when the attempt ends (G14). */
const MCP_VARIABLES = ['TINA_SOCKET', 'TINA_TOKEN', 'TINA_ATTEMPT', 'TINA_HOME_ID'] as const;

/** Programs hand their servers a chosen environment, or none, so all that it needs is said. */
function mcpServer(env: Readonly<Record<string, string>>, { tools }: JobWork): Launch['mcp'] {
  const { mcpServer: command } = tools.programs;
  if (command === undefined) return null;
  return { command, env: Object.fromEntries(MCP_VARIABLES.map((name) => [name, env[name] ?? ''])) };
}

function agentOf(
  job: StartAgentJob,
  { settings, agent }: JobWork,
): { readonly definition: AgentDefinition; readonly agent: AgentMaterials } {
  const definition = settings.agents[job.agent];
  if (definition !== undefined && agent !== null) return { definition, agent };
  throw new JobProblemError({
    code: 'unknown_agent',
    message: `The run's settings define no agent named ${job.agent}.`,
    output: null,
    next: ['tina orchestrate <design.md> --new --agent <name>'],
  });
}
