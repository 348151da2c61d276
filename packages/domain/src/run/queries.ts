import { mainPhase } from '../naming/names.ts';
import type { Attempt, RunFinding, RunState, Task } from './state.ts';

/** Attempts that have not been settled: something of them may still run, and their slot is held. */
export function unsettledAttempts(state: RunState): readonly Attempt[] {
  return Object.values(state.attempts).filter((attempt) => !attempt.settled);
}

/** Attempts that are still meant to do something. */
export function isActive(attempt: Attempt): boolean {
  return ['requested', 'starting', 'running', 'parked'].includes(attempt.status);
}

export function attemptsOfTask(state: RunState, taskId: string): readonly Attempt[] {
  return Object.values(state.attempts)
    .filter((attempt) => attempt.taskId === taskId)
    .sort((a, b) => a.number - b.number);
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

export function taskNamed(state: RunState, name: string): Task | null {
  return Object.values(state.tasks).find((task) => task.name === name) ?? null;
}

/** Open findings of a phase and of the phases it remediates, without those of single tasks. */
export function openPhaseFindings(state: RunState, phase: string): readonly RunFinding[] {
  const main = mainPhase(phase);
  return Object.values(state.findings).filter(
    (finding) => finding.status === 'open' && finding.taskId === null && mainPhase(finding.phase) === main,
  );
}

export function openTaskFindings(state: RunState, taskId: string): readonly RunFinding[] {
  return Object.values(state.findings).filter((finding) => finding.status === 'open' && finding.taskId === taskId);
}

/**
 * The slot for the next piece of work: the lowest that nothing holds, or null when as many run as may. Attempts that
 * are parked keep their slot and leave their place to others.
 */
export function freeSlot(state: RunState): number | null {
  const held = new Set<number>();
  let busy = 0;
  for (const attempt of unsettledAttempts(state)) {
    held.add(attempt.slot);
    if (attempt.status !== 'parked') busy += 1;
  }
  for (const task of Object.values(state.tasks)) {
    if (task.waitsFor?.kind !== 'job' || task.waitsFor.slot === null) continue;
    held.add(task.waitsFor.slot);
    busy += 1;
  }
  if (busy >= state.policy.parallelAgents) return null;
  let slot = 1;
  while (held.has(slot)) slot += 1;
  return slot;
}
