import { isActive, unsettledAttempts } from '../queries.ts';
import type { RunState } from '../state.ts';
import { ofEach, type Violation } from './violation.ts';

/** Who is at work, and where: one attempt a task (G09), one holder a slot, and no more than may (G27). */
export function checkAttempts(state: RunState): readonly Violation[] {
  const unsettled = unsettledAttempts(state);
  const tasks = unsettled.map(({ taskId }) => taskId);
  const slotsOfJobs = Object.values(state.tasks).flatMap(({ waitsFor }) =>
    waitsFor?.kind === 'job' && waitsFor.slot !== null ? [waitsFor.slot] : [],
  );
  const slots = [...unsettled.map(({ slot }) => slot), ...slotsOfJobs];
  const atWork = unsettled.filter((attempt) => isActive(attempt) && attempt.status !== 'parked');
  const busy = atWork.length + slotsOfJobs.length;
  const { parallelAgents } = state.policy;
  return [
    ...ofEach(twice(tasks), (subject) => [
      {
        guarantee: 'G09',
        subject,
        message: `Task ${subject} has more than one attempt that is not settled.`,
      },
    ]),
    ...ofEach(twice(slots), (slot) => [
      { guarantee: 'G09', subject: state.id, message: `Slot ${slot} is held twice.` },
    ]),
    ...ofEach(new Set(slots), (slot) => [
      !state.slots.includes(slot) && {
        guarantee: 'G14',
        subject: state.id,
        message: `Slot ${slot} is held and the run does not know of it, so nothing would remove it.`,
      },
    ]),
    ...ofEach([busy], () => [
      busy > parallelAgents && {
        guarantee: 'G27',
        subject: state.id,
        message: `${busy} are at work, and the policy allows ${parallelAgents}.`,
      },
    ]),
  ];
}

function twice<Item>(items: readonly Item[]): ReadonlySet<Item> {
  return new Set(items.filter((item, index) => items.indexOf(item) !== index));
}
