import type { PlanTask } from '../plan/plan.ts';
import type { Attempt, RecordedReport } from './attempt.ts';
import type { Gate } from './gate.ts';
import type { RunFinding } from './run-finding.ts';
import type { Phase, RunState } from './state.ts';
import type { Task } from './task.ts';

/**
 * What an id from outside names, if anything. Only what is there by that id: `constructor` and its like name nothing (G04).
 */
export function found<T>(entities: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(entities, id) ? entities[id] : undefined;
}

/** What must be there by now. When it is not, the rules contradict each other, which must be loud. */
export function known<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`there is no ${what}`);
  return value;
}

export function taskOf(state: RunState, taskId: string): Task {
  return known(found(state.tasks, taskId), `task ${taskId} in run ${state.id}`);
}

export function attemptOf(state: RunState, attemptId: string): Attempt {
  return known(found(state.attempts, attemptId), `attempt ${attemptId} in run ${state.id}`);
}

export function gateOf(state: RunState, gateId: string): Gate {
  return known(found(state.gates, gateId), `gate ${gateId} in run ${state.id}`);
}

export function findingOf(state: RunState, findingId: string): RunFinding {
  return known(found(state.findings, findingId), `finding ${findingId} in run ${state.id}`);
}

export function taskNamed(state: RunState, name: string): Task {
  const named = Object.values(state.tasks).find((task) => task.name === name);
  return known(named, `task ${name} in run ${state.id}`);
}

/** What the plan says of a phase task. */
export function specOf(task: Task): PlanTask {
  return known(task.spec, `plan of task ${task.id}`);
}

/** The number of the phase that a task belongs to. */
export function phaseNumberOf(task: Task): string {
  return known(task.phase, `phase of task ${task.id}`);
}

export function phaseOf(state: RunState, task: Task): Phase {
  const number = phaseNumberOf(task);
  const phase = state.phases.find((each) => each.number === number);
  return known(phase, `phase ${number} in run ${state.id}`);
}

/** The commit that new work begins at: the run's branch, or the base before there is one. */
export function tipOf(state: RunState): string {
  return state.tip ?? state.baseCommit;
}

/** The report of an attempt whose role gives one of this kind, once it succeeded. */
export function reportOf<K extends RecordedReport['kind']>(
  attempt: Attempt,
  kind: K,
): Extract<RecordedReport, { kind: K }> {
  const fitting = attempt.report?.kind === kind ? attempt.report : null;
  return known(fitting, `${kind} report of attempt ${attempt.id}`) as Extract<RecordedReport, { kind: K }>;
}
