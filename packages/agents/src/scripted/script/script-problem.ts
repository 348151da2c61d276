/** What is wrong with a script, and where. */
export interface ScriptProblem {
  readonly message: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
}
