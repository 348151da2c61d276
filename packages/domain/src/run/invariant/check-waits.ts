import { isStuck } from '../queries.ts';
import type { RunState } from '../state.ts';
import type { Task } from '../task.ts';
import { ofEach, type Violation } from './violation.ts';

/**
 * What a task waits for can come (G05), and whatever a person is asked is waited for (G27). That jobs and timers are there
 * is for their keeper to say: see `awaitedJobs` and `awaitedTimers`.
 */
export function checkWaits(state: RunState): readonly Violation[] {
  const asked = new Set(
    Object.values(state.tasks).flatMap(({ waitsFor }) =>
      waitsFor?.kind === 'gate' ? [waitsFor.gateId] : [],
    ),
  );
  for (const { gateId } of Object.values(state.attempts)) if (gateId != null) asked.add(gateId);
  const open = Object.values(state.gates).filter(({ status }) => status === 'open');
  return [
    ...ofEach(Object.values(state.tasks), (task) => [checkWait(state, task)]),
    ...ofEach(open, ({ id }) => [
      !asked.has(id) && {
        guarantee: 'G27',
        subject: id,
        message: `Gate ${id} is open and nothing waits for it.`,
      },
    ]),
  ];
}

function checkWait(state: RunState, task: Task): Violation | false {
  const { id, status, waitsFor } = task;
  if (waitsFor === null) return false;
  const waits = `Task ${id} waits for`;
  const broken = (message: string): Violation => ({ guarantee: 'G05', subject: id, message });
  if (status !== 'in_progress') return broken(`Task ${id} is ${status} and waits for a ${waitsFor.kind}.`);
  if (waitsFor.kind === 'gate') {
    const isOpen = state.gates[waitsFor.gateId]?.status === 'open';
    return !isOpen && broken(`${waits} gate ${waitsFor.gateId}, which is not open.`);
  }
  if (waitsFor.kind !== 'attempt') return false;
  const attempt = state.attempts[waitsFor.attemptId];
  const willEnd = attempt?.taskId === id && !attempt.settled;
  // A run that is cancelled waits for nobody who is stuck.
  if (willEnd && (!isStuck(attempt) || state.control === 'cancelling')) return false;
  return broken(`${waits} attempt ${waitsFor.attemptId}, which will not be settled.`);
}

/** The jobs that must be queued or claimed for this state to go on, each once. */
export function awaitedJobs(state: RunState): ReadonlySet<string> {
  const ofTasks = Object.values(state.tasks).flatMap(({ waitsFor }) =>
    waitsFor?.kind === 'job' ? [waitsFor.jobId] : [],
  );
  const ofAttempts = Object.values(state.attempts).flatMap(({ jobId, continueJobId }) => [
    jobId,
    continueJobId,
  ]);
  return new Set([...ofTasks, ...ofAttempts.filter((id) => id !== null)]);
}

/** The timers that must be set for this state to go on, by the id of the task or attempt that they wake. */
export function awaitedTimers(state: RunState): ReadonlySet<string> {
  return new Set([
    ...ids(Object.values(state.tasks), ({ waitsFor }) => waitsFor?.kind === 'timer'),
    ...ids(
      Object.values(state.attempts),
      ({ status, parkedUntil, turnDueAt }) =>
        (status === 'parked' && parkedUntil !== null) || turnDueAt != null,
    ),
  ]);
}

function ids<Item extends { readonly id: string }>(
  items: readonly Item[],
  holds: (item: Item) => boolean,
): readonly string[] {
  return items.filter(holds).map(({ id }) => id);
}
