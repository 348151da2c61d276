import type { FinalizeChoice } from '../../policy/policy.ts';
import { assertNever } from '../assert-never.ts';
import type { Decision, OperatorCommand } from '../command.ts';
import type { RunEvent } from '../event.ts';
import { childrenOf, isActive, isOver, openPhaseFindings, taskNamed, unsettledAttempts } from '../queries.ts';
import type { RunState, Task, TaskStep } from '../state.ts';
import { accept, reject } from './decision.ts';

/** What an operator's request changes. A request that the state does not allow is refused with a reason (G03). */
export function decideOperator(state: RunState, command: OperatorCommand): Decision {
  if (state.control === 'ended' || state.control === 'cancelling') return refuseEnded(state);
  switch (command.kind) {
    case 'pause':
      return pause(state, command.now);
    case 'resume':
      return state.control === 'paused'
        ? accept({ type: 'run.resumed', data: {} })
        : reject('not_paused', 'The run is not paused.', ...blockedHints(state));
    case 'cancel':
      return accept({ type: 'run.cancel_requested', data: { reason: command.reason } });
    case 'retry':
      return retry(state, command.taskId);
    case 'skip':
      return skip(state, command.taskId, command.reason);
    case 'approve':
      return answerGate(state, command.gateId, { approved: true, comment: command.comment });
    case 'reject':
      return answerGate(state, command.gateId, { approved: false, comment: command.comment });
    case 'finalize':
      return finalize(state, command.choice);
    default:
      return assertNever(command);
  }
}

function refuseEnded(state: RunState): Decision {
  const how = state.ending?.kind === 'cancelled' || state.control === 'cancelling' ? 'cancelled' : 'complete';
  return reject('run_ended', `The run is ${how}.`, `tina status ${state.id}`);
}

function blockedHints(state: RunState): readonly string[] {
  return (state.blocked ?? []).map((blocked) => `tina retry ${blocked.taskId}`);
}

function pause(state: RunState, now: boolean): Decision {
  const running = now ? unsettledAttempts(state).filter(isActive) : [];
  if (state.control === 'paused' && running.length === 0) {
    return reject('already_paused', 'The run is paused already.', `tina resume ${state.id}`);
  }
  const paused: RunEvent[] =
    state.control === 'paused' ? [] : [{ type: 'run.paused', data: { stopAttempts: now } }];
  const stopped: RunEvent[] = running.map((attempt) => ({
    type: 'attempt.cancelled',
    data: { attemptId: attempt.id, reason: 'paused' },
  }));
  return accept(...paused, ...stopped);
}

function retry(state: RunState, taskId: string): Decision {
  const task = state.tasks[taskId];
  if (!task) return reject('no_such_task', `The run has no task ${taskId}.`, `tina tasks ${state.id}`);
  if (task.status !== 'blocked') {
    return reject(
      'task_not_blocked',
      `Task ${task.name} is ${task.status.replace('_', ' ')}; only a blocked task can be retried.`,
      `tina task ${taskId}`,
    );
  }
  return accept(...unblock(state), { type: 'task.retried', data: { taskId, step: retryStep(task) } });
}

function unblock(state: RunState): readonly RunEvent[] {
  return state.blocked ? [{ type: 'run.unblocked', data: {} }] : [];
}

/** Where a blocked task takes up again: at the step that blocked, or where its work can be changed. */
function retryStep(task: Task): TaskStep {
  switch (task.block?.code) {
    case 'review_limit':
    case 'out_of_scope':
    case 'conflict_limit':
      return task.kind === 'finalize' ? 'integrate' : 'implement';
    case 'checks_failed':
    case 'checkout_dirty':
      return 'integrate';
    default:
      return task.step ?? 'choose';
  }
}

function skip(state: RunState, taskId: string, reason: string): Decision {
  const task = state.tasks[taskId];
  if (!task) return reject('no_such_task', `The run has no task ${taskId}.`, `tina tasks ${state.id}`);
  if (isOver(task)) return reject('task_over', `Task ${task.name} is ${task.status} already.`);
  if (task.kind === 'setup-worktree' || task.kind === 'finalize') {
    return reject(
      'task_needed',
      `Task ${task.name} cannot be skipped: nothing can go on without it.`,
      task.kind === 'finalize' ? `tina finalize ${state.id} --keep` : `tina cancel ${state.id}`,
    );
  }
  const affected = [task, ...dependentsToSkip(state, task)].filter((each) => !isOver(each));
  const busy = affected.find((each) => each.status === 'in_progress' && each.waitsFor !== null);
  if (busy) {
    return reject(
      'task_in_progress',
      `Task ${busy.name} is at work; pause the run first, then skip it.`,
      `tina pause ${state.id} --now`,
    );
  }
  const waived = task.kind === 'review-phase' ? openPhaseFindings(state, task.phase ?? '') : [];
  return accept(
    ...unblock(state),
    ...waived.map((finding): RunEvent => ({
      type: 'finding.waived',
      data: { findingId: finding.id, because: `review skipped: ${reason}` },
    })),
    ...affected.map((each): RunEvent => ({ type: 'task.skipped', data: { taskId: each.id, reason } })),
  );
}

/** Without its plan a phase has nothing to execute; without its execution it has no tasks of its own. */
function dependentsToSkip(state: RunState, task: Task): readonly Task[] {
  if (task.kind === 'execute-phase') return childrenOf(state, task.id);
  if (task.kind !== 'plan-phase') return [];
  const execute = taskNamed(state, `execute-phase-${task.phase}`);
  const review = taskNamed(state, `review-phase-${task.phase}`);
  return [execute, review].filter((each): each is Task => each !== null);
}

function answerGate(
  state: RunState,
  gateId: string,
  answer: { readonly approved: boolean; readonly comment: string | null },
): Decision {
  const gate = state.gates[gateId];
  if (!gate) return reject('no_such_gate', `The run has no gate ${gateId}.`, `tina status ${state.id}`);
  if (gate.status !== 'open') return reject('gate_answered', `The gate was ${gate.status} already.`);
  if (gate.kind === 'finalize') {
    return reject(
      'choose_ending',
      'This gate asks what becomes of the branch: choose one.',
      ...(['merge', 'pr', 'keep', 'discard'] as const).map((choice) => `tina finalize ${state.id} --${choice}`),
    );
  }
  return answer.approved
    ? accept({ type: 'gate.approved', data: { gateId, comment: answer.comment } })
    : accept({ type: 'gate.rejected', data: { gateId, comment: answer.comment ?? '' } });
}

const FIRST_STEP: Readonly<Record<FinalizeChoice, TaskStep>> = {
  merge: 'integrate',
  pr: 'pull-request',
  keep: 'keep',
  discard: 'discard',
};

function finalize(state: RunState, choice: FinalizeChoice): Decision {
  const task = taskNamed(state, 'finalize');
  if (!task || task.status === 'pending' || task.status === 'ready') {
    return reject('not_ready', 'The phases of the run are not done.', `tina status ${state.id}`);
  }
  const chosen: RunEvent = { type: 'finalize.chosen', data: { taskId: task.id, choice } };
  if (task.status === 'blocked') {
    return accept(...unblock(state), chosen, {
      type: 'task.retried',
      data: { taskId: task.id, step: FIRST_STEP[choice] },
    });
  }
  if (task.step !== 'choose' || task.gateId === null) {
    return reject('already_chosen', `Finalizing is under way: ${task.choice ?? 'not asked yet'}.`);
  }
  return accept({ type: 'gate.approved', data: { gateId: task.gateId, comment: choice } }, chosen);
}

export { FIRST_STEP as FINALIZE_FIRST_STEP };
