import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  adapterFor,
  makeTrialRepository,
  TRIAL_PHASE,
  TRIAL_ROLE,
  tryAgent as tryOnce,
  type TrialResult,
  type TrialStep,
} from '@tina/agents';
import type { AgentDefinition, Launch } from '@tina/contract';
import { agentEnvironment, attemptFiles } from '@tina/daemon';
import type { HomePaths } from '../home/paths.ts';
import { nodePrograms } from './node-settings.ts';

/** Who commits in the scratch repository. */
const IDENTITY = { name: 'Tina trial', email: 'trial@tina.invalid' };

export interface AgentTrial {
  readonly name: string;
  readonly definition: AgentDefinition;
  /** What relative paths of the definition start from. */
  readonly repository: string;
  readonly model: string | null;
  readonly version: string | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  onStep(step: TrialStep): void;
}

/** Gives an agent one small piece of real work, in a repository that is made for it and removed afterwards. Asks no daemon. */
export async function tryAgent(
  trial: AgentTrial,
  { paths, env }: { readonly paths: HomePaths; readonly env: NodeJS.ProcessEnv },
): Promise<TrialResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tina-trial-'));
  try {
    const { launch, repository } = await prepare(trial, folder, { paths, env });
    const adapter = await adapterFor(trial.definition.kind);
    const { timeoutMs, signal } = trial;
    return await tryOnce({
      adapter,
      launch,
      repository,
      timeoutMs,
      signal,
      onStep: (step) => trial.onStep(step),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function prepare(
  trial: AgentTrial,
  folder: string,
  { paths, env }: { readonly paths: HomePaths; readonly env: NodeJS.ProcessEnv },
) {
  const { name, definition, repository: projectDirectory, model, version } = trial;
  const [runId, attemptId, homeId, token] = ['trial', `trial-${randomUUID()}`, randomUUID(), randomUUID()];
  // Nobody listens there: what the agent says is read from its final message.
  const socketPath = join(folder, 'no.sock');
  const programs = nodePrograms(paths, null);
  const files = attemptFiles(folder, 'attempt');
  const attempt = { runId, attemptId, role: TRIAL_ROLE, token, definition, files, hasScope: false };
  const own = { ...paths, socketPath };
  const agentEnv = {
    ...agentEnvironment(attempt, { environment: env, homeId, programs, paths: own }),
    ...identity(),
  };
  const repository = makeTrialRepository(folder, agentEnv);
  const adapter = await adapterFor(definition.kind);
  const launch: Omit<Launch, 'prompt'> = {
    runId,
    attemptId,
    epoch: 1,
    homeId,
    socketPath,
    token,
    role: TRIAL_ROLE,
    subject: {
      feature: 'trial',
      taskName: `phase-${TRIAL_PHASE}-task-1`,
      phase: TRIAL_PHASE,
      planTask: 1,
      attempt: 1,
      roleAttempt: 1,
      openFindings: [],
    },
    agentName: name,
    agent: adapter.forLaunch(definition, { projectDirectory, env: agentEnv }),
    agentVersion: version,
    model,
    worktree: repository.worktree,
    branch: 'trial',
    session: null,
    directory: files.directory,
    env: agentEnv,
    access: 'write',
    mcp: null,
    limits: { idleWarningMs: trial.timeoutMs, idleStopMs: trial.timeoutMs, turnMs: trial.timeoutMs },
    daemonStart: null,
  };
  return { launch, repository };
}

function identity(): Record<string, string> {
  const { name, email } = IDENTITY;
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}
