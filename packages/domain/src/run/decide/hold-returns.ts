import { countTurn } from '../budget/count-turn.ts';
import { scopesOf } from '../budget/scope.ts';
import { firstMet } from '../budget/spent.ts';
import type { Decision } from '../command.ts';
import type { RunEvent, RunEventPayloads } from '../event.ts';
import { attemptOf, taskOf } from '../lookup.ts';
import type { RunState } from '../state.ts';

/** An agent that would get one more turn, and has no budget for it, keeps what it is to be told until it has (G32). */
export function holdReturns(state: RunState, decision: Decision, now: number): Decision {
  if (!decision.ok || !state.policy.budgets) return decision;
  const ended = decision.events.find((event) => event.type === 'turn.ended')?.data ?? null;
  const events = decision.events.map((event): RunEvent =>
    event.type === 'attempt.returned' && isSpent(state, event.data.attemptId, ended, now)
      ? heldInstead(event.data)
      : event,
  );
  return { ok: true, events };
}

/** Whether a budget of the attempt is used up, with the turn that has just ended. */
function isSpent(
  state: RunState,
  attemptId: string,
  ended: RunEventPayloads['turn.ended'] | null,
  now: number,
): boolean {
  const attempt = attemptOf(state, attemptId);
  const counted = ended === null ? {} : countTurn(state, attempt, ended.usage, now);
  const attempts = { ...state.attempts, [attemptId]: { ...attempt, ...counted } };
  const scopes = scopesOf(taskOf(state, attempt.taskId), attempt);
  return firstMet({ ...state, attempts }, scopes, now) !== null;
}

function heldInstead({ attemptId, reason, message }: RunEventPayloads['attempt.returned']): RunEvent {
  return { type: 'attempt.held', data: { attemptId, reason, message } };
}
