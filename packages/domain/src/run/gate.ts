export interface Gate {
  readonly id: string;
  readonly taskId: string;
  readonly kind: 'plan' | 'review' | 'finalize';
  /** Withdrawn: its task was skipped or cancelled before anyone answered. */
  readonly status: 'open' | 'approved' | 'rejected' | 'withdrawn';
  readonly question: string;
  readonly comment: string | null;
  readonly openedAt: number;
  readonly answeredAt: number | null;
}
