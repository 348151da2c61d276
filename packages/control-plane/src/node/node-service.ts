import type { Assignment, HeldAttempt, NodeApi } from '@tina/contract';
import { isActive, type RunState } from '@tina/domain';
import type { Store } from '@tina/store';
import { LEASE_DURATION_MS, type RunExecutor } from '../executor/run-executor.ts';
import { materialize } from './assignment.ts';
import { answerOf, createAttemptWords } from './attempt-words.ts';
import { sha256 } from './secrets.ts';

/** Runs that are looked through for attempts to adopt; more cannot be alive on one machine. */
const MAX_ACTIVE_RUNS = 10_000;

/** The control plane's side of what nodes ask. */
export function createNodeService(dependencies: {
  readonly store: Store;
  readonly executor: RunExecutor;
  readonly onWork: NodeApi['onWork'];
  /** Leases were taken or extended: the alarm may have to ring earlier. */
  readonly onLeases: () => void;
}): NodeApi {
  const { store, executor, onWork, onLeases } = dependencies;
  return {
    ...createAttemptWords({ store, executor }),
    onWork,
    async register(node) {
      const { incarnation } = await store.registerNode({ id: node.nodeId, name: node.name });
      onLeases();
      return { incarnation, attempts: await heldAttempts(store, executor, node.nodeId) };
    },
    async claim(claim) {
      const claimed = await store.claimJobs({ ...claim, leaseDurationMs: LEASE_DURATION_MS });
      if (claimed.length > 0) onLeases();
      const assignments: Assignment[] = [];
      for (const each of claimed) {
        const assignment = await materialize({ store, load: (runId) => executor.load(runId) }, each);
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

async function heldAttempts(
  store: Store,
  executor: RunExecutor,
  nodeId: string,
): Promise<readonly HeldAttempt[]> {
  const held: HeldAttempt[] = [];
  for (const { id } of await store.listRuns({ active: true, limit: MAX_ACTIVE_RUNS })) {
    const state = await executor.load(id);
    if (state?.nodeId === nodeId) held.push(...heldOf(state));
  }
  return held;
}

function heldOf(state: RunState): readonly HeldAttempt[] {
  return Object.values(state.attempts).flatMap((attempt) => {
    if (attempt.settled || !isActive(attempt) || attempt.status === 'requested') return [];
    const { id, taskId, role, epoch, turn, status } = attempt;
    return [
      { attemptId: id, runId: state.id, taskId, role, epoch, turn, status: status as HeldAttempt['status'] },
    ];
  });
}
