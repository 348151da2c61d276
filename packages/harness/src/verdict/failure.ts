/**
 * Who or what a failure is of. set-up: the scenario could not be begun. orchestration: Tina did wrong. agent: an agent did not do
 * its work. observation: what was seen cannot be trusted. outcome: all went its way, and the result is another one.
 */
export const CATEGORIES = ['set-up', 'orchestration', 'agent', 'observation', 'outcome'] as const;
export type Category = (typeof CATEGORIES)[number];

export interface Failure {
  readonly category: Category;
  /** What is wrong, in a line. */
  readonly message: string;
  /** What it can be seen by: differences, ends of logs, last events. */
  readonly evidence: readonly Evidence[];
  /** What to type. */
  readonly next: readonly string[];
}

export interface Evidence {
  readonly title: string;
  readonly lines: readonly string[];
}
