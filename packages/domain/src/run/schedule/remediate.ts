import { FINALIZE_TASK_NAME, mainPhase, planTaskName, remediationPhase } from '../../naming/names.ts';
import { addPhase } from '../decide/create-run.ts';
import type { RunEvent } from '../event.ts';
import { known, phaseOf, taskNamed } from '../lookup.ts';
import type { Task } from '../task.ts';
import type { RunState } from '../state.ts';
import type { StepContext } from './context.ts';

/** Phase N.5 enters the graph after the review of phase N; what comes after phase N waits for its review. */
export function remediate({ state, task, ids }: StepContext): readonly RunEvent[] {
  const phase = phaseOf(state, task);
  const root = Object.values(state.teams).find((team) => team.parentId === null);
  const added = addPhase({
    ids,
    feature: state.feature,
    parent: known(root, `first team of run ${state.id}`),
    phase: {
      number: remediationPhase(phase.number),
      title: phase.title === null ? null : `${phase.title}: remaining gaps`,
    },
    remediates: phase.number,
    after: task.id,
  });
  const waiting = taskAfter(state, phase.number);
  return [
    ...added.events,
    { type: 'dependency.added', data: { taskId: waiting.id, dependsOn: added.reviewTaskId } },
  ];
}

/** What comes once a phase and its remediations are done: the next phase, or the end. */
function taskAfter(state: RunState, phase: string): Task {
  const next = String(Number(mainPhase(phase)) + 1);
  const isThere = state.phases.some((each) => each.number === next);
  return taskNamed(state, isThere ? planTaskName(next) : FINALIZE_TASK_NAME);
}
