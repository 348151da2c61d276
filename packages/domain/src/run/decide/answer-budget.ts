import { limitOf, spentOf, type Spent } from '../budget/spent.ts';
import type { Decision, OperatorCommand } from '../command.ts';
import type { Gate } from '../gate.ts';
import { known } from '../lookup.ts';
import type { RunState } from '../state.ts';
import { accept, reject } from './decision.ts';

type Answer = Extract<OperatorCommand, { kind: 'approve' | 'reject' }>;

/** More of what is used up, or no more of it. */
export function answerBudget(state: RunState, gate: Gate, answer: Answer): Decision {
  const { gateId } = answer;
  if (answer.kind === 'reject') {
    return accept({ type: 'gate.rejected', data: { gateId, comment: answer.comment } });
  }
  const { scope, measure, used: usedThen } = known(gate.budget, `budget of gate ${gateId}`);
  const limit = known(limitOf(state, scope, measure), `limit of gate ${gateId}`);
  const used = Math.max(usedThen, usedNow(state, { scope, measure }));
  const base = state.policy.budgets?.[scope.kind][measure];
  const by = answer.add ?? enough(known(base, `${measure} of the budget`), used - limit);
  if (limit + by <= used) {
    return reject(
      'too_little',
      `That is not enough to go on: ${used} of ${limit} are used already.`,
      `tina approve ${gateId}`,
    );
  }
  return accept(
    { type: 'gate.approved', data: { gateId, comment: answer.comment } },
    { type: 'budget.raised', data: { gateId, scope, measure, by, limit: limit + by } },
  );
}

/** Without the time of the turns under way, which only a clock knows. */
function usedNow(state: RunState, { scope, measure }: Pick<Spent, 'scope' | 'measure'>): number {
  const spent = spentOf(state, scope, 0).find((each) => each.measure === measure);
  return known(spent, 'use of the budget').used;
}

/** The budget once more, and as often as it takes when more than that is used already. */
function enough(base: number, over: number): number {
  // A sum of dollars may be a hair below what it is.
  return base * (Math.floor(over / base + 1e-9) + 1);
}
