import type { Spent } from './budget/spent.ts';

export interface Gate {
  readonly id: string;
  /** The task that asks; of a budget, the one that it kept from going on first. */
  readonly taskId: string;
  readonly kind: 'plan' | 'review' | 'finalize' | 'budget';
  /** The limit that is used up; only of a gate of kind `budget`. */
  readonly budget?: Spent;
  /** Withdrawn: nothing waits for it any more, and nobody answered. */
  readonly status: 'open' | 'approved' | 'rejected' | 'withdrawn';
  readonly question: string;
  readonly comment: string | null;
  readonly openedAt: number;
  readonly answeredAt: number | null;
}
