/** The plan of one phase, as its planner wrote it. */
export interface Plan {
  readonly title: string;
  readonly baselineCommit: string | null;
  readonly complexityBudget: ComplexityBudget;
  readonly tasks: readonly PlanTask[];
}

/** What a planner says the phase may cost; null where it says nothing. */
export interface ComplexityBudget {
  readonly tasks: number | null;
  readonly files: number | null;
  readonly lines: number | null;
}

export type ReviewMode = 'none' | 'spec' | 'quality' | 'spec+quality';

export interface PlanTask {
  /** Counted from 1, as in `### Task 3: title`. */
  readonly number: number;
  readonly title: string;
  readonly line: number;
  readonly model: string | null;
  /** Names by which the policy routes it; left out: it has none. */
  readonly tags?: readonly string[];
  /** Paths or globs relative to the repository's root. */
  readonly files: readonly string[];
  /** Numbers of tasks of the same plan. */
  readonly dependsOn: readonly number[];
  readonly review: ReviewMode;
  readonly acceptance: readonly string[];
  /** The prose below the fields. */
  readonly body: string;
}

/** What may be changed of a task that has not begun: everything but its number. */
export type PlanTaskFields = Required<Omit<PlanTask, 'number' | 'line'>>;
