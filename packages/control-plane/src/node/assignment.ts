import type { AgentMaterials, Assignment, RunSettings } from '@tina/contract';
import { attemptsOfTask, findingsToJudge, type RunState, type StartAgentJob } from '@tina/domain';
import type { ClaimedJob, Store } from '@tina/store';
import type { DesignReader } from '../design/design-reader.ts';
import { promptSources } from '../prompt/prompt-sources.ts';
import { renderPrompt } from '../prompt/render-prompt.ts';
import { newSecret, sha256 } from './secrets.ts';

/**
 * Adds to a claimed job what the node needs beside it.
 *
 * @throws Error when something that belongs to it is missing or cannot be read: it would be the same the next time
 */
export async function materialize(
  context: {
    readonly store: Store;
    readonly designs: DesignReader;
    readonly load: (runId: string) => Promise<RunState | null>;
  },
  { job, epoch }: ClaimedJob,
): Promise<Assignment> {
  const { store, designs } = context;
  const state = await context.load(job.runId);
  if (!state) throw new Error(`there is no run ${job.runId}`);
  const settingsText = await store.readDocument(state.settingsDocument);
  if (settingsText === null) throw new Error(`run ${state.id} has no settings document`);
  const settings = JSON.parse(settingsText) as RunSettings;
  const agent = job.kind === 'start-agent' ? await agentMaterials({ store, designs }, state, job) : null;
  return { job, epoch, repository: state.repository, settings, agent };
}

async function agentMaterials(
  { store, designs }: { readonly store: Store; readonly designs: DesignReader },
  state: RunState,
  job: StartAgentJob,
): Promise<AgentMaterials> {
  const attempt = state.attempts[job.attemptId];
  const task = attempt && state.tasks[attempt.taskId];
  if (!attempt || !task) throw new Error(`there is no attempt ${job.attemptId}`);
  const prompt = renderPrompt(await promptSources({ store, designs }, { state, attempt, task }));
  const ofRole = attemptsOfTask(state, task.id).filter((each) => each.role === attempt.role);
  return {
    prompt,
    token: await issueToken(store, job),
    subject: {
      feature: state.feature,
      taskName: task.name,
      phase: task.phase,
      planTask: task.spec?.number ?? null,
      attempt: attempt.number,
      roleAttempt: ofRole.findIndex((each) => each.id === attempt.id) + 1,
      openFindings: findingsToJudge(state, attempt).map((finding) => finding.id),
    },
  };
}

/** A new secret for an attempt; the store keeps its hash alone. */
async function issueToken(store: Store, { runId, attemptId, epoch }: StartAgentJob): Promise<string> {
  const secret = newSecret();
  await store.saveToken({
    secretHash: sha256(secret),
    runId,
    attemptId,
    epoch,
    createdAt: await store.now(),
  });
  return secret;
}
