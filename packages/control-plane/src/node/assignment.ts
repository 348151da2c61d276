import type { Assignment, RunSettings } from '@tina/contract';
import {
  attemptsOfTask,
  findingsToJudge,
  parseDesign,
  type RunState,
  type StartAgentJob,
} from '@tina/domain';
import type { ClaimedJob, Store } from '@tina/store';
import { newSecret, sha256 } from './secrets.ts';
import { renderPrompt } from '../prompt/render-prompt.ts';

/** Adds to a claimed job what the node needs beside it. Null when its run is gone. */
export async function materialize(
  context: {
    readonly store: Store;
    readonly load: (runId: string) => Promise<RunState | null>;
  },
  claimed: ClaimedJob,
): Promise<Assignment | null> {
  const { job, epoch } = claimed;
  const state = await context.load(job.runId);
  if (!state) return null;
  const settingsText = await context.store.readDocument(state.settingsDocument);
  if (settingsText === null) throw new Error(`run ${state.id} has no settings document`);
  const settings = JSON.parse(settingsText) as RunSettings;
  const base = { job, epoch, repository: state.repository, settings };
  if (job.kind !== 'start-agent') return { ...base, agent: null };
  const prompt = await promptFor(context.store, state, job);
  const task = state.tasks[job.taskId ?? ''];
  const attempt = state.attempts[job.attemptId];
  if (!task || !attempt) return null;
  const ofRole = attemptsOfTask(state, task.id).filter((each) => each.role === attempt.role);
  return {
    ...base,
    agent: {
      prompt,
      token: await issueToken(context.store, job),
      subject: {
        feature: state.feature,
        taskName: task.name,
        phase: task.phase,
        planTask: task.spec?.number ?? null,
        attempt: attempt.number,
        roleAttempt: ofRole.findIndex((each) => each.id === attempt.id) + 1,
        openFindings: findingsToJudge(state, attempt).map((finding) => finding.id),
      },
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

async function promptFor(store: Store, state: RunState, job: StartAgentJob): Promise<string> {
  const task = state.tasks[job.taskId ?? ''];
  const attempt = state.attempts[job.attemptId];
  const revision = await store.readDesignRevision(state.designRevisionId);
  if (!task || !attempt || !revision) throw new Error(`attempt ${job.attemptId} has lost what it belongs to`);
  const parsed = parseDesign(revision.text);
  if (!parsed.ok) throw new Error(`design revision ${revision.id} cannot be read any more`);
  const plan = state.phases.find((phase) => phase.number === task.phase)?.plan;
  const planText = plan ? await store.readDocument(plan.document) : null;
  return renderPrompt({ state, attempt, task, design: parsed.design, designText: revision.text, planText });
}
