import { isDone, isUnderWay } from '../queries.ts';
import type { RunState } from '../state.ts';
import { ofEach, type Violation } from './violation.ts';

/** A run at which nothing goes on says why, and one that is complete is (G05, G18). */
export function checkRest(state: RunState): readonly Violation[] {
  return [...checkBlocked(state), ...checkStill(state), ...checkComplete(state)];
}

function checkBlocked(state: RunState): readonly Violation[] {
  if (state.blocked === null) return [];
  const named = new Set(state.blocked.map(({ taskId }) => taskId));
  const blocked = Object.values(state.tasks).filter(({ status }) => status === 'blocked');
  return [
    ...ofEach([state], () => [
      isUnderWay(state) && {
        guarantee: 'G05',
        subject: state.id,
        message: `Run ${state.id} says that it is blocked, and something is under way.`,
      },
    ]),
    ...ofEach(blocked, ({ id }) => [
      !named.has(id) && {
        guarantee: 'G05',
        subject: id,
        message: `Task ${id} is blocked, and the run does not name it.`,
      },
    ]),
    ...ofEach(named, (id) => [
      state.tasks[id]?.status !== 'blocked' && {
        guarantee: 'G05',
        subject: id,
        message: `The run says that task ${id} is blocked, and it is not.`,
      },
    ]),
  ];
}

function checkStill(state: RunState): readonly Violation[] {
  const { control, blocked } = state;
  const isExplained = control === 'ended' || control === 'paused' || blocked !== null;
  if (isExplained || isUnderWay(state)) return [];
  const message = `Run ${state.id} is ${control}, nothing of it is under way, and it does not say why.`;
  return [{ guarantee: 'G05', subject: state.id, message }];
}

function checkComplete({ control, ending, findings, tasks }: RunState): readonly Violation[] {
  if (control !== 'ended' || ending?.kind === 'cancelled') return [];
  return [
    ...ofEach(Object.values(findings), ({ id, status }) => [
      status === 'open' && {
        guarantee: 'G18',
        subject: id,
        message: `The run is complete, and finding ${id} is open.`,
      },
    ]),
    ...ofEach(Object.values(tasks), (task) => [
      !isDone(task) && {
        guarantee: 'G05',
        subject: task.id,
        message: `The run is complete, and task ${task.id} is ${task.status}.`,
      },
    ]),
  ];
}
