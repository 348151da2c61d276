import type { Assignment, HeldAttempt, NodeApi } from '@tina/contract';
import { found, inboxOf, isActive, type RunState } from '@tina/domain';
import { type ClaimedJob, type Store, StoreError } from '@tina/store';
import type { DesignReader } from '../design/design-reader.ts';
import type { RunExecutor } from '../executor/run-executor.ts';
import { LEASE_DURATION_MS } from '../executor/run-write.ts';
import type { HeldAnswers } from '../message/held-answers.ts';
import { renderMessage } from '../message/render-message.ts';
import { materialize } from './assignment.ts';
import { answerOf, createAttemptWords } from './attempt-words.ts';
import { sha256 } from './secrets.ts';

/** Runs that are looked through for attempts to adopt; more cannot be alive on one machine. */
const MAX_ACTIVE_RUNS = 10_000;

interface NodeServiceDependencies {
  readonly store: Store;
  readonly executor: RunExecutor;
  readonly designs: DesignReader;
  readonly onWork: NodeApi['onWork'];
  readonly onMessages: NodeApi['onMessages'];
  readonly held: HeldAnswers;
  /** Leases were taken or extended: the alarm may have to ring earlier. */
  readonly onLeases: () => void;
  readonly onError: (error: unknown) => void;
}

/** The control plane's side of what nodes ask. */
export function createNodeService(dependencies: NodeServiceDependencies): NodeApi {
  const { store, executor, onWork, onMessages, onLeases } = dependencies;
  return {
    ...createAttemptWords({ store, executor }),
    onWork,
    onMessages,
    inbox: (of) => inboxFor(dependencies, of),
    async register(node) {
      const { incarnation } = await store.registerNode({ id: node.nodeId, name: node.name });
      onLeases();
      return { incarnation, attempts: await heldAttempts(dependencies, node.nodeId) };
    },
    async claim(claim) {
      const claimed = await store.claimJobs({ ...claim, leaseDurationMs: LEASE_DURATION_MS });
      if (claimed.length > 0) onLeases();
      const assignments: Assignment[] = [];
      for (const each of claimed) {
        const assignment = await assign(dependencies, each);
        if (assignment) assignments.push(assignment);
      }
      return assignments;
    },
    async completeJob({ job, epoch, outcome }) {
      const completesJob = { jobId: job.jobId, epoch };
      return answerOf(
        await executor.execute(job.runId, { kind: 'complete-job', job, outcome }, { completesJob }),
      );
    },
    renew: (renewal) => store.renewLeases({ ...renewal, leaseDurationMs: LEASE_DURATION_MS }),
    async authenticate(token) {
      const found = await store.findToken(sha256(token));
      return found && { runId: found.runId, attemptId: found.attemptId, epoch: found.epoch };
    },
  };
}

/** An answer that its agent waits for in a call holds back what came after it, so that the order stays (G24). */
async function inboxFor(
  { store, executor, held }: NodeServiceDependencies,
  { attemptId, epoch }: Parameters<NodeApi['inbox']>[0],
): ReturnType<NodeApi['inbox']> {
  const runId = await store.findOwner('attempt', attemptId);
  const state = runId === null ? null : await executor.load(runId);
  const attempt = state && found(state.attempts, attemptId);
  if (!state || attempt?.epoch !== epoch || !isActive(attempt)) return [];
  const inbox = inboxOf(state, attempt);
  const end = inbox.findIndex(({ answers }) => held.isHeld(answers));
  const free = end === -1 ? inbox : inbox.slice(0, end);
  return free.map((message) => ({ id: message.id, text: renderMessage(state, message) }));
}

/**
 * Null for a job that cannot be handed out; the others of the claim are. When what is missing would be missing the next
 * time too, the job ends as failed and the run says so; else it goes back to the queue with the end of its lease.
 */
async function assign(
  { store, executor, designs, onError }: NodeServiceDependencies,
  claimed: ClaimedJob,
): Promise<Assignment | null> {
  const { job, epoch } = claimed;
  try {
    return await materialize({ store, designs, load: (runId) => executor.load(runId) }, claimed);
  } catch (error) {
    onError(error);
    if (error instanceof StoreError) return null;
    const reason = error instanceof Error ? error.message : String(error);
    const problem = {
      code: 'job_not_prepared',
      message: `The job ${job.kind} could not be handed to its node: ${reason}.`,
      output: null,
      next: [`tina verify ${job.runId}`],
    };
    const completesJob = { jobId: job.jobId, epoch };
    await executor
      .execute(
        job.runId,
        { kind: 'complete-job', job, outcome: { kind: 'failed', problem } },
        { completesJob },
      )
      .catch(onError);
    return null;
  }
}

async function heldAttempts(
  { store, executor, onError }: NodeServiceDependencies,
  nodeId: string,
): Promise<readonly HeldAttempt[]> {
  const held: HeldAttempt[] = [];
  const openJobs = new Set((await store.listJobs({ nodeId })).map(({ job }) => job.jobId));
  for (const { id } of await store.listRuns({ active: true, limit: MAX_ACTIVE_RUNS })) {
    try {
      const state = await executor.load(id);
      if (state?.nodeId === nodeId) held.push(...heldOf(state, openJobs));
    } catch (error) {
      // One run that cannot be read must not keep the node from its others.
      if (error instanceof StoreError) throw error;
      onError(error);
    }
  }
  return held;
}

function heldOf(state: RunState, openJobs: ReadonlySet<string>): readonly HeldAttempt[] {
  return Object.values(state.attempts).flatMap((attempt) => {
    if (!isActive(attempt) || attempt.status === 'requested') return [];
    const { id, taskId, role, epoch, turn, jobId, continueJobId } = attempt;
    // A turn that was asked for may wait for a place: then its agent is not at work.
    const isWaking = continueJobId !== null && openJobs.has(continueJobId);
    const status = isWaking ? 'waking' : (attempt.status as HeldAttempt['status']);
    const isTurnOver = status === 'running' && jobId !== null;
    return [{ attemptId: id, runId: state.id, taskId, role, epoch, turn, status, isTurnOver }];
  });
}
