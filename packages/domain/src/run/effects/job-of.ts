import { runRescueRef } from '../../naming/names.ts';
import { isWritingRole } from '../../policy/role.ts';
import type { RecordedEvent, RunEventPayloads, RunEventType } from '../event.ts';
import type { ContinueAgentJob, Job } from '../job.ts';
import { attemptOf, known, taskOf, tipOf } from '../lookup.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';
import { workScope } from '../work-scope.ts';

/** The job that an event asks for, from the state after it; null for events that ask for none. */
export function jobOf(event: RecordedEvent, state: RunState): Job | null {
  // The compiler cannot see that a type's maker takes the type's payload.
  const make = JOBS[event.type] as JobMaker<RunEventType> | undefined;
  return make?.(event.data, state) ?? null;
}

type JobMaker<T extends RunEventType> = (data: RunEventPayloads[T], state: RunState) => Job;

const JOBS: { readonly [T in RunEventType]?: JobMaker<T> } = {
  'attempt.requested': (data, state) => {
    const { attemptId, taskId, jobId, role, agent, model, slot, branch, epoch, startCommit, mergeCommit } =
      data;
    const common = { jobId, runId: state.id, taskId, attemptId };
    const work = { epoch, role, agent, model, slot, branch, startCommit, mergeCommit };
    // Before there is a branch, nothing is built: validating needs no set-up.
    const needsSetup = state.policy.hasSetup && state.tip !== null;
    const scope = isWritingRole(role) ? workScope(taskOf(state, taskId)) : null;
    return { kind: 'start-agent', ...common, ...work, needsSetup, scope };
  },
  'attempt.returned': ({ attemptId, jobId, turn, message }, state) =>
    continueAgent(state, { attemptId, jobId, turn, message }),
  'attempt.resumed': ({ attemptId, jobId, turn, message = RESUMED_MESSAGE }, state) =>
    continueAgent(state, { attemptId, jobId, turn, message }),
  'evidence.requested': (data, state) => {
    const { taskId, slot, branch, startCommit, mergeCommit } = attemptOf(state, data.attemptId);
    const work = { taskId, slot, branch, startCommit, changesSince: mergeCommit ?? startCommit };
    const mergedWith = isOfWholeRun(taskOf(state, taskId)) ? startCommit : null;
    return { kind: 'collect-evidence', runId: state.id, ...work, mergedWith, ...data };
  },
  'attempt.settling': (data, state) => {
    const { taskId, slot, branch, startCommit, status, failure } = attemptOf(state, data.attemptId);
    const reason = failure ? `${status}: ${failure.message}` : status;
    return { kind: 'settle-attempt', runId: state.id, taskId, slot, branch, startCommit, reason, ...data };
  },
  'checks.requested': (data, state) => ({ kind: 'run-checks', runId: state.id, ...data }),
  'branch.requested': (data, { id, branch, baseCommit }) => ({
    kind: 'create-branch',
    runId: id,
    branch,
    commit: baseCommit,
    ...data,
  }),
  'merge.requested': (data, state) => {
    const task = taskOf(state, data.taskId);
    const { name, title } = task;
    const message = `Merge ${name}: ${title}\n\nTina-Run: ${state.id}\nTina-Task: ${data.taskId}\n`;
    const tip = tipOf(state);
    const mergedWith = isOfWholeRun(task) ? tip : null;
    return { kind: 'merge', runId: state.id, branch: state.branch, tip, mergedWith, message, ...data };
  },
  'integration.requested': (data, state) => {
    const { id, branch, baseBranch } = state;
    const message = `Merge ${baseBranch} into ${branch}\n\nTina-Run: ${id}\n`;
    return { kind: 'integrate-base', runId: id, branch, tip: tipOf(state), baseBranch, message, ...data };
  },
  'landing.requested': (data, state) => {
    const { id, branch, baseBranch } = state;
    const { from: expectedBase } = known(taskOf(state, data.taskId).landing, 'landing');
    return { kind: 'land', runId: id, branch, baseBranch, expectedBase, tip: tipOf(state), ...data };
  },
  'pull_request.requested': (data, state) => {
    const { id, branch, baseBranch, feature } = state;
    const body = pullRequestBody(state);
    return { kind: 'open-pull-request', runId: id, branch, baseBranch, title: feature, body, ...data };
  },
  'discard.requested': (data, { id, branch }) => ({
    kind: 'discard-branch',
    runId: id,
    branch,
    rescueRef: runRescueRef(id),
    ...data,
  }),
  'slots.removal_requested': (data, { id }) => ({ kind: 'remove-slots', runId: id, taskId: null, ...data }),
};

/** Its one work is to bring the base and the run's branch together: all that the run did differs from the base. */
function isOfWholeRun({ kind }: Task): boolean {
  return kind === 'finalize';
}

const RESUMED_MESSAGE = 'The limit is over. Go on where you stopped, and report when you are done.';

function continueAgent(
  state: RunState,
  turn: Pick<ContinueAgentJob, 'attemptId' | 'jobId' | 'turn' | 'message'>,
): ContinueAgentJob {
  const { taskId, epoch } = attemptOf(state, turn.attemptId);
  return { kind: 'continue-agent', runId: state.id, taskId, epoch, ...turn };
}

function pullRequestBody(state: RunState): string {
  const done = Object.values(state.tasks).filter(
    (task) => task.kind === 'phase-task' && task.status === 'completed',
  );
  const lines = done.map((task) => `- phase ${task.phase}: ${task.title}`);
  return [`Run ${state.id} carried out the design of ${state.feature}.`, '', ...lines, ''].join('\n');
}
