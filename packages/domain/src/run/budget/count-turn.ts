import type { Attempt } from '../attempt.ts';
import { limitOf, underWayMs, useOf } from './spent.ts';
import type { RunState } from '../state.ts';
import type { Usage } from '../usage.ts';
import { attemptScope } from './scope.ts';
import { addUse, useOfTurn } from './use.ts';

type Counted = Pick<Attempt, 'use' | 'turnStartedAt' | 'turnDueAt'>;

/** What is known of a turn's time once it begins at `at`: when it began, and when the attempt's own budget ends it. */
export function beginTurn(state: RunState, attempt: Attempt, at: number): Counted {
  const limit = limitOf(state, attemptScope(attempt), 'wall');
  const turnDueAt = limit === null ? null : at + Math.max(0, limit - useOf(attempt).wallMs);
  return { use: useOf(attempt), turnStartedAt: at, turnDueAt };
}

/**
 * The turn under way counts as ended at `at`. A turn that ended by itself tells its usage; of one that was cut off nothing
 * is known, and it is counted as unknown.
 */
export function countTurn(state: RunState, attempt: Attempt, usage: Usage | null, at: number): Counted {
  const price = attempt.model === null ? null : (state.policy.prices?.[attempt.model] ?? null);
  const turn = useOfTurn(usage, underWayMs(attempt, at), price);
  return { use: addUse(useOf(attempt), turn), turnStartedAt: null, turnDueAt: null };
}
