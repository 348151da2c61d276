/** What a budget limits: turns that ended, milliseconds of turns, tokens of every kind, US dollars. */
export const MEASURES = ['turns', 'wall', 'tokens', 'cost'] as const;
export type Measure = (typeof MEASURES)[number];

/** How much there is of each measure; what is left out has no limit. */
export type Budget = Readonly<Partial<Record<Measure, number>>>;

export interface BudgetPolicy {
  /** Of each attempt for itself. */
  readonly attempt: Budget;
  /** Of each phase of the design, with the remediations of it. */
  readonly phase: Budget;
  readonly run: Budget;
  /** The part of a limit, above 0 and at most 1, at which a warning is given. */
  readonly warnAt: number;
}

export const BUDGET_DEFAULTS = {
  attempt: {},
  phase: {},
  run: {},
  /** Early enough to look, late enough to mean something. */
  warnAt: 0.8,
} as const satisfies BudgetPolicy;

/** How turns wait that the model's service did not serve: each wait is so much longer than the one before. */
export interface BackoffPolicy {
  readonly firstMs: number;
  readonly factor: number;
  readonly capMs: number;
  /** So many waits in a row; the next failure of that kind ends the attempt. */
  readonly times: number;
}

/**
 * An overloaded service comes back within seconds or within minutes: 10 s, 30 s, 90 s, 4.5 min and 10 min reach both, and
 * after 17 minutes in a row a person should know.
 */
export const BACKOFF_DEFAULTS: BackoffPolicy = { firstMs: 10_000, factor: 3, capMs: 600_000, times: 5 };

/** How long the wait of this number takes, counted from 1. */
export function backoffMs({ firstMs, factor, capMs }: BackoffPolicy, number: number): number {
  return Math.min(capMs, Math.round(firstMs * factor ** (number - 1)));
}
