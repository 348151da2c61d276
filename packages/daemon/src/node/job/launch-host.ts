import { join } from 'node:path';
import { adapterFor } from '@tina/agents';
import type { AgentDefinition, AgentMaterials, Launch } from '@tina/contract';
import type { StartAgentJob } from '@tina/domain';
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

/** What the host says before it has a transcript, or instead of one, is kept: its pane is gone when it ends. */
const WITH_STDERR_KEPT = ['/bin/sh', '-c', 'exec "$@" 2>>"$0"'] as const;

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
      command: [...WITH_STDERR_KEPT, files.hostLog, ...tools.programs.agentHost, files.launch],
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
    agent: adapterFor(definition.kind).forLaunch(definition, { projectDirectory: work.repository, env }),
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
    limits: { idleWarningMs, idleStopMs, turnMs },
    daemonStart: tools.programs.daemonStart ?? null,
  };
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
