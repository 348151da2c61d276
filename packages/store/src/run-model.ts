import type { RecordedEvent, RunState } from '@tina/domain';

/** How events become the state of a run. Given to the store, so that it decides nothing itself; all three are pure. */
export interface RunModel {
  /** The state after `run.created`. */
  readonly initial: (first: RecordedEvent) => RunState;
  readonly evolve: (state: RunState, event: RecordedEvent) => RunState;
  /** The run's status in one word, for lists. */
  readonly status: (state: RunState) => string;
}
