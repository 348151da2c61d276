import { mainPhase } from '../naming/names.ts';
import type { Attempt } from './attempt.ts';
import type { RunFinding } from './run-finding.ts';
import type { RunState } from './state.ts';
import type { Task } from './task.ts';

/** Attempts that have not been settled: something of them may still run, and their slot is held. */
export function unsettledAttempts(state: RunState): readonly Attempt[] {
  return Object.values(state.attempts).filter((attempt) => !attempt.settled);
}

/** Attempts that are still meant to do something. */
export function isActive({ status }: Attempt): boolean {
  return status === 'requested' || status === 'starting' || status === 'running' || status === 'parked';
}

/** Whether the attempt's turn is under way: its agent may report, and may end the turn. */
export function hasTurn(attempt: Attempt): boolean {
  return attempt.status === 'running' && attempt.jobId === null;
}

/** Whether the attempt ended and could not be settled: its slot stays as it is until a person retries. */
export function isStuck(attempt: Attempt): boolean {
  return attempt.settleProblem !== null && !attempt.settled;
}

export function attemptsOfTask(state: RunState, taskId: string): readonly Attempt[] {
  return Object.values(state.attempts)
    .filter((attempt) => attempt.taskId === taskId)
    .toSorted((a, b) => a.number - b.number);
}

export function isDone(task: Task): boolean {
  return task.status === 'completed' || task.status === 'skipped';
}

export function isOver(task: Task): boolean {
  return isDone(task) || task.status === 'cancelled';
}

export function childrenOf(state: RunState, taskId: string): readonly Task[] {
  return Object.values(state.tasks).filter((task) => task.parentId === taskId);
}

/** Open findings of a phase and of the phases it remediates, without those of single tasks. */
export function openPhaseFindings(state: RunState, phase: string): readonly RunFinding[] {
  const main = mainPhase(phase);
  return Object.values(state.findings).filter(
    (finding) => finding.status === 'open' && finding.taskId === null && mainPhase(finding.phase) === main,
  );
}

export function openTaskFindings(state: RunState, taskId: string): readonly RunFinding[] {
  return Object.values(state.findings).filter(
    (finding) => finding.status === 'open' && finding.taskId === taskId,
  );
}

/** Whether something goes on that will be heard of again: an attempt, a job, a timer, an open gate. */
export function isUnderWay(state: RunState): boolean {
  return (
    unsettledAttempts(state).some((attempt) => !isStuck(attempt)) ||
    Object.values(state.tasks).some((task) => task.waitsFor !== null)
  );
}
