import type { RunEvent } from '../event.ts';
import { known, taskOf } from '../lookup.ts';
import { isStuck, isUnderWay, unsettledAttempts } from '../queries.ts';
import type { RunState } from '../state.ts';
import type { Attempt } from '../attempt.ts';
import { block, stepContext } from './context.ts';

/** Work that could not be put into safety stops its task, and stays where it is (G22). */
export function blockOnSettling(state: RunState, now: number): readonly RunEvent[] {
  const stuck = unsettledAttempts(state).find((attempt) => isStuck(attempt) && needsIt(state, attempt));
  if (!stuck) return [];
  const { message, output, next } = known(stuck.settleProblem, `problem of attempt ${stuck.id}`);
  const context = stepContext(state, taskOf(state, stuck.taskId), now);
  const what = `Attempt ${stuck.id} could not be cleared away: ${message}`;
  return block(context, { code: 'settling_failed', message: what, output, next });
}

/** Whether its task cannot go on without it: it waits for the attempt, or for nothing else. */
function needsIt(state: RunState, { id, taskId }: Attempt): boolean {
  const { status, waitsFor } = taskOf(state, taskId);
  if (status !== 'in_progress') return false;
  return waitsFor === null || (waitsFor.kind === 'attempt' && waitsFor.attemptId === id);
}

/** When nothing is under way and nothing more can start, the run says which tasks need a person (G05). */
export function blockRun(state: RunState): readonly RunEvent[] {
  if (state.control !== 'active' || state.blocked || isUnderWay(state)) return [];
  const tasks = Object.values(state.tasks)
    .filter((task) => task.status === 'blocked')
    .map(({ id, block }) => {
      const { code, message } = known(block, `block of task ${id}`);
      return { taskId: id, code, message };
    });
  return [{ type: 'run.blocked', data: { tasks } }];
}
