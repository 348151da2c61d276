import type { RunEvent } from '../event.ts';
import type { RunState } from '../state.ts';
import { fallBack, resumeParked, settleAttempts } from './attempt-rules.ts';
import { holdParked, warnOfBudgets, withdrawUnbegun } from './budget-rules.ts';
import { blockOnSettling, blockRun } from './block-rules.ts';
import { cancelRun, endRun, removeSlots } from './end-rules.ts';
import { readyTasks, startTasks, stepTasks } from './task-rules.ts';

type Rule = (state: RunState, now: number) => readonly RunEvent[];

/** What is said of a run that goes on, paused or not. In this order, like the rest. */
const RULES: readonly Rule[] = [
  warnOfBudgets,
  withdrawUnbegun,
  settleAttempts,
  endRun,
  blockOnSettling,
  holdParked,
  fallBack,
  resumeParked,
  readyTasks,
  stepTasks,
  startTasks,
  blockRun,
];
const RULES_OF_CANCELLING: readonly Rule[] = [settleAttempts, endRun, cancelRun];
const RULES_OF_ENDED: readonly Rule[] = [settleAttempts, removeSlots];

/**
 * What should be under way and is not: the next events that follow from the state alone, or none when nothing is left to
 * say. The first rule that has something to say is heard; the caller folds its events in and asks again. An interrupted
 * run goes on from here wherever it was interrupted.
 */
export function schedule(state: RunState, now: number): readonly RunEvent[] {
  for (const rule of rulesFor(state)) {
    const events = rule(state, now);
    if (events.length > 0) return events;
  }
  return [];
}

function rulesFor({ control }: RunState): readonly Rule[] {
  if (control === 'ended') return RULES_OF_ENDED;
  return control === 'cancelling' ? RULES_OF_CANCELLING : RULES;
}
