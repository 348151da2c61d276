import { FINALIZE_TASK_NAME } from '../../naming/names.ts';
import type { FinalizeChoice } from '../../policy/policy.ts';
import type { Decision, OperatorCommand } from '../command.ts';
import type { RunEvent } from '../event.ts';
import { FIRST_STEP_OF_CHOICE } from '../finalize-steps.ts';
import { found, known, taskNamed } from '../lookup.ts';
import { isActive, unsettledAttempts } from '../queries.ts';
import type { RunState } from '../state.ts';
import { answerBudget } from './answer-budget.ts';
import { accept, reject } from './decision.ts';
import { answerQuestion, sendMessage } from './messages-of-operator.ts';
import { editTask } from './edit-task.ts';
import { retry, unblock } from './retry.ts';
import { skip } from './skip.ts';

/** What an operator's request changes. A request that the state does not allow is refused with a reason (G03). */
export function decideOperator(state: RunState, command: OperatorCommand): Decision {
  if (state.control === 'ended' || state.control === 'cancelling') return refuseEnded(state);
  // Command and rule are of one kind; the compiler cannot see that.
  const rule = RULES[command.kind] as Rule<OperatorCommand['kind']>;
  return rule(state, command);
}

type Rule<K extends OperatorCommand['kind']> = (
  state: RunState,
  command: Extract<OperatorCommand, { kind: K }>,
) => Decision;

const RULES: { readonly [K in OperatorCommand['kind']]: Rule<K> } = {
  pause: (state, { now }) => pause(state, now),
  resume: (state) =>
    state.control === 'paused'
      ? accept({ type: 'run.resumed', data: {} })
      : reject('not_paused', 'The run is not paused.', ...blockedHints(state)),
  cancel: (_, { reason }) => accept({ type: 'run.cancel_requested', data: { reason } }),
  retry: (state, { taskId }) => retry(state, taskId),
  skip: (state, { taskId, reason }) => skip(state, taskId, reason),
  'edit-task': editTask,
  approve: answerGate,
  reject: answerGate,
  finalize: (state, { choice }) => finalize(state, choice),
  'send-message': sendMessage,
  'answer-question': answerQuestion,
};

function refuseEnded(state: RunState): Decision {
  const isCancelled = state.control === 'cancelling' || state.ending?.kind === 'cancelled';
  const how = isCancelled ? 'cancelled' : 'complete';
  return reject('run_ended', `The run is ${how}.`, `tina status ${state.id}`);
}

function blockedHints(state: RunState): readonly string[] {
  return (state.blocked ?? []).map((blocked) => `tina retry ${blocked.taskId}`);
}

/** Attempts that have not begun would start something new, so a pause stops them in any case. */
function pause(state: RunState, now: boolean): Decision {
  const stopped = unsettledAttempts(state).filter((attempt) =>
    now ? isActive(attempt) : attempt.status === 'requested',
  );
  const isPaused = state.control === 'paused';
  if (isPaused && stopped.length === 0) {
    return reject('already_paused', 'The run is paused already.', `tina resume ${state.id}`);
  }
  const paused: RunEvent = { type: 'run.paused', data: { stopAttempts: now } };
  return accept(
    ...(isPaused ? [] : [paused]),
    ...stopped.map((attempt): RunEvent => ({
      type: 'attempt.cancelled',
      data: { attemptId: attempt.id, reason: 'paused' },
    })),
  );
}

function answerGate(
  state: RunState,
  answer: Extract<OperatorCommand, { kind: 'approve' | 'reject' }>,
): Decision {
  const { gateId } = answer;
  const gate = found(state.gates, gateId);
  if (!gate) return reject('no_such_gate', `The run has no gate ${gateId}.`, `tina status ${state.id}`);
  if (gate.status !== 'open') return reject('gate_answered', `The gate was ${gate.status} already.`);
  if (gate.kind === 'finalize') {
    return reject(
      'choose_ending',
      'This gate asks what becomes of the branch: choose one.',
      ...(['merge', 'pr', 'keep', 'discard'] as const).map(
        (choice) => `tina finalize ${state.id} --${choice}`,
      ),
    );
  }
  if (gate.kind === 'budget') return answerBudget(state, gate, answer);
  if (answer.kind === 'approve' && answer.add !== undefined) {
    return reject('no_budget', `Gate ${gateId} is about no budget, so nothing can be added to it.`);
  }
  return answer.kind === 'approve'
    ? accept({ type: 'gate.approved', data: { gateId, comment: answer.comment } })
    : accept({ type: 'gate.rejected', data: { gateId, comment: answer.comment } });
}

function finalize(state: RunState, choice: FinalizeChoice): Decision {
  const task = taskNamed(state, FINALIZE_TASK_NAME);
  if (task.status === 'pending' || task.status === 'ready') {
    return reject('not_ready', 'The phases of the run are not done.', `tina status ${state.id}`);
  }
  const chosen: RunEvent = { type: 'finalize.chosen', data: { taskId: task.id, choice } };
  if (task.status === 'blocked') {
    const step = FIRST_STEP_OF_CHOICE[choice];
    return accept(...unblock(state), chosen, {
      type: 'task.retried',
      data: { taskId: task.id, step, keeps: 'work' },
    });
  }
  if (task.step !== 'choose') {
    return reject('already_chosen', `Finalizing is under way: ${task.choice}.`);
  }
  const gateId = known(task.gateId, `gate of task ${task.id}`);
  return accept({ type: 'gate.approved', data: { gateId, comment: choice } }, chosen);
}
