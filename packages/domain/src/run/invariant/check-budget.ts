import { type Measure, MEASURES } from '../../policy/budget.ts';
import { mainPhase } from '../../naming/names.ts';
import type { Attempt } from '../attempt.ts';
import type { RecordedEvent } from '../event.ts';
import type { RunState } from '../state.ts';
import { ofEach, type Violation } from './violation.ts';

/**
 * Nobody begins, and nobody gets another turn, for whom a budget is used up; so that no budget is exceeded by more than the
 * turns under way (G32). Added up here once more: a check that borrowed the sum from what it checks would not see it wrong.
 */
export function checkBudget(before: RunState, event: RecordedEvent): readonly Violation[] {
  if (!before.policy.budgets) return [];
  const { type, data, at } = event;
  if (type === 'attempt.requested') return checkStart(before, at, { taskId: data.taskId, attempt: null });
  if (type !== 'attempt.returned' && type !== 'attempt.resumed') return [];
  const attempt = before.attempts[data.attemptId];
  return attempt ? checkStart(before, at, { taskId: attempt.taskId, attempt }) : [];
}

interface Start {
  readonly taskId: string;
  /** The one that goes on; null when a new one begins. */
  readonly attempt: Attempt | null;
}

function checkStart(state: RunState, now: number, start: Start): readonly Violation[] {
  const { taskId, attempt } = start;
  const all = Object.values(state.attempts);
  const phaseOf = (id: string): string | null => {
    const phase = state.tasks[id]?.phase ?? null;
    return phase === null ? null : mainPhase(phase);
  };
  const phase = phaseOf(taskId);
  const ofPhase = phase === null ? [] : all.filter((each) => phaseOf(each.taskId) === phase);
  return [
    ...checkScope({ state, now, kind: 'run', key: 'run', attempts: all }),
    ...checkScope({ state, now, kind: 'phase', key: `phase ${phase}`, attempts: ofPhase }),
    ...checkScope({
      state,
      now,
      kind: 'attempt',
      key: `attempt ${taskId}`,
      attempts: attempt ? [attempt] : [],
    }),
  ];
}

function checkScope(scope: {
  readonly state: RunState;
  readonly now: number;
  readonly kind: 'run' | 'phase' | 'attempt';
  readonly key: string;
  readonly attempts: readonly Attempt[];
}): readonly Violation[] {
  const { state, now, kind, key, attempts } = scope;
  if (attempts.length === 0) return [];
  return ofEach(MEASURES, (measure) => {
    const base = state.policy.budgets?.[kind][measure];
    if (base === undefined) return [];
    const limit = inWhole(measure, base + (state.budgets?.[key]?.raised[measure] ?? 0));
    const used = attempts.reduce((sum, attempt) => sum + amountOf(attempt, measure, now), 0);
    const message = `Something began in ${key}, which has used ${used} of ${limit} (${measure}).`;
    return [used >= limit && { guarantee: 'G32', subject: state.id, message }];
  });
}

/** Cost in billionths of a dollar, of which a sum is exact. */
function inWhole(measure: Measure, amount: number): number {
  return measure === 'cost' ? Math.round(amount * 1_000_000_000) : amount;
}

function amountOf({ use, turnStartedAt }: Attempt, measure: Measure, now: number): number {
  switch (measure) {
    case 'turns':
      return use?.turns ?? 0;
    case 'wall':
      return (use?.wallMs ?? 0) + (turnStartedAt == null ? 0 : Math.max(0, now - turnStartedAt));
    case 'tokens':
      return use?.tokens.known ?? 0;
    case 'cost':
      return use?.cost.known ?? 0;
  }
}
