import type { RunState } from '../state.ts';
import { checkAttempts } from './check-attempts.ts';
import { checkGraph } from './check-graph.ts';
import { checkLimits } from './check-limits.ts';
import { checkRest } from './check-rest.ts';
import { checkWaits } from './check-waits.ts';
import type { Violation } from './violation.ts';

/** What must hold of a run whenever a commit is done, whatever happened to it. Within a commit it need not. */
export function checkState(state: RunState): readonly Violation[] {
  return [
    ...checkAttempts(state),
    ...checkGraph(state),
    ...checkLimits(state),
    ...checkWaits(state),
    ...checkRest(state),
  ];
}
