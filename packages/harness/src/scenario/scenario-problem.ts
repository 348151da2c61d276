/** What is wrong with a scenario, and where in the file. */
export interface ScenarioProblem {
  readonly message: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}
