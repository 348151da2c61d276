import type { ActionView, CheckView, EventView, RunView, VerifyView } from '@tina/contract';
import type { Ledger } from '../watcher/ledger.ts';

/** What is known of one run when its scenario is over. */
export interface RunFacts {
  readonly view: RunView;
  /** As `tina events` lists them at the end. */
  readonly events: readonly EventView[];
  readonly actions: readonly ActionView[];
  /** What its events say. */
  readonly ledger: Ledger;
  /** The last result of each check, by name. */
  readonly checks: ReadonlyMap<string, CheckView>;
  /** What each agent was told in its first turn, by attempt. */
  readonly prompts: ReadonlyMap<string, string>;
}

/** What `tina orchestrate` came to. */
export interface LaunchFacts {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the playing of a scenario came to its end. */
export type PlayEnd =
  /** Every run has ended. */
  | 'over'
  /** Nothing goes on without a person. */
  | 'resting'
  | 'timeout'
  | 'interrupted'
  /** There never was a run. */
  | 'not-launched';

/** Everything that expectations are compared with. */
export interface Facts {
  readonly end: PlayEnd;
  readonly launch: LaunchFacts;
  /** The oldest first. */
  readonly runs: readonly RunFacts[];
  /** Subjects of the commits that came to the base branch after the start, merges left out, the oldest first. */
  readonly commits: readonly string[];
  /** Text of the files that the scenario asks for, as the base branch has them; null: not there. */
  readonly files: ReadonlyMap<string, string | null>;
  readonly isCheckoutClean: boolean;
  readonly verified: readonly VerifyView[];
  /** Moments of faults that never came. */
  readonly neverPlayed: readonly string[];
  /** What was not as a fault's step says. */
  readonly stepProblems: readonly string[];
  /** What is left although every run has ended: worktrees, sessions. */
  readonly leftovers: readonly string[];
  /** What the observers complained of. */
  readonly complaints: readonly string[];
  /** Of what the followers saw, run by run, in the order they saw it. */
  readonly followed: ReadonlyMap<string, readonly number[]>;
  readonly durationMs: number;
}
