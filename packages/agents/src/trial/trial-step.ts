import type { TurnError } from '@tina/domain';

/** What a trial looks for, in the order in which it comes. */
export const TRIAL_STEPS = ['started', 'wrote', 'committed', 'reported', 'usage'] as const;
export type TrialStepName = (typeof TRIAL_STEPS)[number];

export interface TrialStep {
  readonly step: TrialStepName;
  /** `untold`: this kind of agent does not say, which keeps nothing from working. */
  readonly outcome: 'seen' | 'missing' | 'untold';
  /** For a person: what was seen, or what was there instead. */
  readonly found: string;
}

export interface TrialError {
  readonly kind: TurnError['kind'];
  readonly message: string;
  /** When a limit ends, in ms since 1970; null where the agent does not tell. */
  readonly resetAt: number | null;
}

export interface TrialResult {
  /** The agent did all that a run needs. */
  readonly isFit: boolean;
  /** Every step, also those that were not reached. */
  readonly steps: readonly TrialStep[];
  /** Why the turn failed; null when it ended by itself. */
  readonly error: TrialError | null;
}
